"""The package as a stranger gets it: what is declared is there, and what is there is declared."""

from __future__ import annotations

import email
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import viz

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built in a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("checkout") / "lenetscope"
    copy.mkdir()
    for name in ("viz", "resources"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    to_dist = ["--quiet", "--wheel-dir", str(copy / "dist"), str(copy)]
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, *to_dist], check=True, stdin=subprocess.DEVNULL)
    (built,) = (copy / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked like an installation, beside a stranger's folder called resources."""
    site = tmp_path_factory.mktemp("site")
    zipfile.ZipFile(wheel).extractall(site)
    (site / "resources").mkdir()
    return site


def _run(site: Path, code: str) -> str:
    """The output of Python code that sees ``site`` before the checkout."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(site)},
        cwd=site,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_every_module_and_resource_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "viz").rglob("*.py")}
    files = {
        path.relative_to(ROOT / "resources").as_posix()
        for path in (ROOT / "resources" / "viz_resources").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert modules <= names
    assert files and files <= names
    assert {name.split("/")[0].split("-")[0] for name in names} == {
        "viz", "viz_resources", "lenetscope",
    }  # fmt: skip


def test_metadata_names_the_licence_and_the_command(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (info,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = email.message_from_bytes(archive.read(f"{info}/METADATA"))
    assert metadata["Version"] == viz.__version__
    assert metadata["License-Expression"] == "GPL-3.0-or-later"
    assert b"GNU GENERAL PUBLIC LICENSE" in archive.read(f"{info}/licenses/LICENSE")
    assert "lenetscope = viz.cli.main:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_an_installed_package_finds_its_own_resources(installed: Path) -> None:
    found = _run(
        installed,
        "import viz.nets.networks as w, viz.resources as r; print(r.__file__); "
        "print(r.resource_path('lenet5.safetensors')); print(w.pretrained_path().is_file())",
    ).splitlines()
    assert found[0] == str(installed / "viz" / "resources.py")
    assert found[1] == str(installed / "viz_resources" / "lenet5.safetensors")
    assert found[2] == "True"


def test_an_installed_command_line_starts(installed: Path) -> None:
    version = _run(installed, "import sys; from viz.cli.main import main; main(['--version'])")
    assert version == f"lenetscope {viz.__version__}"


@pytest.mark.parametrize("module", ["viz.scene", "viz.nets", "viz.cli", "viz.measure.reading"])
def test_what_a_script_imports_brings_neither_qt_nor_torch(module: str) -> None:
    loaded = _run(ROOT, f"import sys, {module}; print(*sys.modules)").split()
    assert module in loaded
    assert not {"torch", "PyQt6", "pyqtgraph"} & set(loaded)


def test_the_window_opens_without_what_only_charts_and_downloads_need() -> None:
    """They would take a third of the time until it is seen."""
    loaded = _run(
        ROOT,
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'; from viz import app; "
        "qapp = app.make_qapplication(); application = app.Application(keep=False); "
        "application.window.show(); qapp.processEvents(); print(*sys.modules); "
        "application.window.close()",
    ).split()
    assert "viz.window.main_window" in loaded
    assert not {"torch", "pyqtgraph", "tqdm", "urllib.request"} & set(loaded)


def test_every_requirement_is_pinned_exactly() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in pins.values())
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    names = {_canonical(re.split(r"[<>=!~ \[]", requirement)[0]) for requirement in wanted}
    assert names <= {_canonical(name) for name in pins}
    assert pins["torch"] == "2.13.0"

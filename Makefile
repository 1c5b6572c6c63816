# LeNetScope: set-up, start, tests. `make run` and `make test` do everything from a bare Debian on.
#
#   make run     install what is missing, open the window
#   make test    the same set-up, then `make check` and all tests
#   make check   ruff, mypy and the import contracts only
#   make fuzz    a hundred times the hostile tests that `make test` runs a little of, and 200 kills (hours)
#   make bench   the README's figures on this machine
#   make pictures  render the README's pictures anew, into resources/pictures
#   make clean   remove the virtual environment, builds and caches
#
# PYTHON=python3.12 make run   chooses the interpreter (3.11 or newer)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
.DEFAULT_GOAL := help

QT_PACKAGES := libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 \
	libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libwayland-client0 \
	libwayland-cursor0 libwayland-egl1 libdbus-1-3 libfontconfig1 libglib2.0-0 fonts-dejavu-core \
	fonts-inter fonts-noto-cjk
TEST_PACKAGES := xvfb xauth openbox xdotool

# A shell function: `debian PACKAGE…` installs the packages that are missing. Without apt, or without
# the right to use it, it names them and goes on: they may be there under another name. It asks for
# a password only where somebody can answer.
define debian
debian() { \
	command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0; \
	missing=; for p in "$$@"; do \
		dpkg-query -W -f '$${db:Status-Status}' $$p 2>/dev/null | grep -qx installed || missing="$$missing $$p"; \
	done; \
	[ -n "$$missing" ] || return 0; \
	if [ "$$(id -u)" = 0 ]; then as_root="env"; \
	elif ! command -v sudo >/dev/null; then as_root=; \
	elif [ -z "$$CI" ] && [ -t 0 ]; then as_root="sudo env"; \
	elif sudo -n true 2>/dev/null; then as_root="sudo -n env"; \
	else as_root=; fi; \
	if [ -z "$$as_root" ]; then \
		echo "These Debian packages are missing, and only root can install them; going on without:$$missing" >&2; \
		return 0; \
	fi; \
	echo "Installing from Debian:$$missing"; \
	as_root="$$as_root DEBIAN_FRONTEND=noninteractive"; options="-qq -o DPkg::Lock::Timeout=120"; \
	$$as_root apt-get $$options update || true; \
	$$as_root apt-get $$options install -y --no-install-recommends $$missing >/dev/null && return 0; \
	echo "Not all of them at once; trying one by one." >&2; \
	for p in $$missing; do \
		$$as_root apt-get $$options install -y --no-install-recommends $$p >/dev/null \
		|| echo "Debian package $$p could not be installed; going on without." >&2; \
	done; \
}
endef

# Under Xvfb where there is no screen. -screen is the size that `bench` needs.
XVFB := xvfb-run -a -s "-screen 0 1920x1080x24 -nolisten tcp"

# A process for each core, and no more than four, since each takes 1 GB with torch. A file's tests stay
# together, because they share what is expensive. The tests under Xvfb share one pointer: one by one.
IN_PARALLEL := --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: help run test check fuzz bench pictures clean

help:
	@sed -n '3,10s/^# *//p' Makefile

run: $(VENV)/run.stamp
	$(BIN)/python main.py

test: $(VENV)/test.stamp check
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m "not xvfb" $(IN_PARALLEL)
	@if command -v xvfb-run >/dev/null; then \
		echo 'xvfb-run pytest -m xvfb'; \
		QT_QPA_PLATFORM=xcb $(XVFB) $(BIN)/python -m pytest -m xvfb; \
	else \
		echo "xvfb-run is not installed, so the tests that need an X server were not run." >&2; \
	fi

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy viz main.py
	$(BIN)/lint-imports

# FUZZ=10 make fuzz tries a tenth of that, FUZZ_SEED=… others; a failure names seed and number of its case.
fuzz: $(VENV)/test.stamp
	FUZZ=$${FUZZ:-100} QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest tests/fuzz

bench: $(VENV)/test.stamp
	$(BIN)/python main.py bench

# $(call picture,NAME,OPTIONS): one picture or film by the command that anybody can type.
picture = $(BIN)/python main.py render $(2) --out resources/pictures/$(1)

pictures: $(VENV)/run.stamp
	mkdir -p resources/pictures
	$(call picture,live.png,--digits 31 --size 1280x720)
	$(call picture,equivariance.png,--chapter equivariance --instrument 3 --stage --size 1280x720)
	$(call picture,pooling.png,--chapter pooling --instrument 3 --stage --size 1280x720)
	$(call picture,binding.png,--chapter binding --time 7 --stage --size 1280x720)
	$(call picture,sliding-window.png,--demo 35-53 --time 6.4 --stage --size 1280x720)
	$(call picture,binding.gif,--demo 31-61 --stage --size 1024x640 --rate 8 --speed 2)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The interpreter first of all, so that an old one is told apart from a failing installation.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	|| { echo "LeNetScope needs Python 3.11 or newer; PYTHON=python3.12 make … chooses another one." >&2; exit 1; }
	@$(debian); $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || debian python3-venv
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

# Without isolation the build uses the setuptools of the constraints, too.
PIP_INSTALL = $(BIN)/python -m pip install --disable-pip-version-check --no-input -c constraints.txt

$(VENV)/run.stamp: Makefile pyproject.toml constraints.txt | $(BIN)/python
	@$(debian); debian $(QT_PACKAGES)
	@echo "Installing the Python packages into $(VENV) (a few minutes the first time)"
	$(PIP_INSTALL) setuptools
	$(PIP_INSTALL) --no-build-isolation --editable .
	@touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp
	@$(debian); debian $(TEST_PACKAGES)
	$(PIP_INSTALL) --no-build-isolation --editable '.[dev]'
	@touch $@

"""Training on tiny made-up digits: it learns, repeats, resumes to the same bits, refuses damage."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from random_architectures import architectures, random_network
from safetensors import safe_open

from viz.errors import UserError
from viz.nets import load_pretrained, training
from viz.nets.augment import compose, distort, without_none
from viz.nets.bank import Bank, mnist_bank
from viz.nets.data import Digits
from viz.nets.lenet5 import lenet5, notes
from viz.nets.network import Network
from viz.nets.networks import trained as trained_network
from viz.nets.recipe import Recipe, recipe_for
from viz.nets.training import finish, fit, logits, pick_device, save_weights, taught, train
from viz.nets.weights import (
    architecture_from_json,
    colour_scales,
    read_metadata,
    read_weights,
)

CPU = torch.device("cpu")
TINY = Recipe(steps=6, batch=16, warmup=2, bfloat16=False)  # half precision is slow on many CPUs
HALF = replace(TINY, steps=2, bfloat16=True)


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Ten kinds of digit: bars of ten directions."""
    y, x = np.mgrid[-13.5:14, -13.5:14]
    bars = []
    for number in range(10):
        angle = np.pi * number / 10
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        bars.append(((abs(along) < 9) & (abs(across) < 1.6)) * 255)
    return mnist_bank(Digits(np.array(bars, np.uint8), np.arange(10, dtype=np.uint8)))


@pytest.fixture(scope="module")
def trained(bank) -> Network:
    """A whole run of the tiny recipe."""
    return run(bank)


@pytest.fixture
def few_strips(monkeypatch) -> None:
    """Let the colour scales be measured on few strips."""
    monkeypatch.setattr(training, "SCALE_STRIPS", 32)


def same(one: Network, other: Network) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def run(bank: Bank, recipe: Recipe = TINY, **options) -> Network:
    return fit(bank, [], recipe, device=CPU, progress=False, **options)


def test_same_seed_same_bits_other_seed_other_bits(bank, trained):
    assert same(trained, run(bank))
    assert not same(trained, run(bank, replace(TINY, seed=2)))


@pytest.mark.parametrize("stop", [1, 4])
def test_resumed_run_ends_with_the_same_bits(bank, trained, tmp_path, stop):
    file = tmp_path / "run.ckpt"
    run(bank, checkpoint=file, stop=stop)
    assert same(run(bank, resume=file), trained)


def test_run_can_be_lengthened_before_its_rate_falls(bank, tmp_path):
    file = tmp_path / "run.ckpt"
    run(bank, checkpoint=file, stop=3)
    longer = replace(TINY, steps=10)
    assert same(run(bank, longer, resume=file), run(bank, longer))


def test_checkpoint_of_another_recipe_is_refused(bank, tmp_path):
    file = tmp_path / "run.ckpt"
    run(bank, checkpoint=file, stop=1)
    with pytest.raises(UserError, match="another seed"):
        run(bank, replace(TINY, seed=5), resume=file)


@pytest.mark.parametrize("content", [None, b"", b"no checkpoint", bytes(1000)])
def test_missing_or_damaged_checkpoint_is_refused(bank, tmp_path, content):
    file = tmp_path / "run.ckpt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError, match=r"run\.ckpt"):
        run(bank, resume=file)


def test_what_cannot_be_written_is_one_sentence(bank, tmp_path, few_strips):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be written"):
        run(bank, replace(TINY, steps=1), checkpoint=tmp_path / "file" / "run.ckpt")
    with pytest.raises(UserError, match="cannot be written"):
        save_weights(Network(lenet5()), tmp_path / "file" / "net.safetensors", TINY, {}, bank)


def test_half_precision_resumes_to_the_same_bits_too(bank, tmp_path):
    net, full, file = run(bank, HALF), run(bank, replace(HALF, bfloat16=False)), tmp_path / "a.ckpt"
    assert not same(net, full) and loss(net, bank) == pytest.approx(loss(full, bank), rel=5e-3)
    run(bank, HALF, checkpoint=file, stop=1)
    assert same(run(bank, HALF, resume=file), net)


def loss(net: Network, bank: Bank) -> float:
    """What is trained to be small, on the same strips each time."""
    generator = torch.Generator().manual_seed(7)
    batch = compose(distort(bank, torch.arange(100) % 10, generator), generator)
    if not net.architecture.none:
        batch = without_none(batch)
    with torch.no_grad():
        log_probs = torch.log_softmax(logits(net, batch.strips), 2)
    wanted = batch.targets[..., : net.architecture.classes]
    return float(-((wanted * log_probs).sum(2) * batch.weights).mean())


def test_training_reduces_the_loss(bank):
    recipe = replace(TINY, steps=30, warmup=5)
    assert loss(run(bank, recipe), bank) < 0.8 * loss(run(bank, recipe, stop=1), bank)


def test_a_network_without_none_is_trained_on_digits_only(bank):
    recipe = replace(recipe_for("notes", steps=40), batch=16, warmup=5)
    net = run(bank, recipe)
    assert net.architecture == notes()
    assert loss(net, bank) < 0.9 * loss(run(bank, recipe, stop=1), bank)
    bias = net.output.bias.detach().clone()
    finish(net, recipe)
    assert torch.equal(net.output.bias, bias.half().float())


def test_windows_with_a_digit_are_taught_and_those_of_none_are_not():
    teacher = load_pretrained("max")
    strips = torch.rand(2, 1, 32, 44, generator=torch.Generator().manual_seed(1))
    wanted = torch.zeros(2, 4, 11)
    wanted[..., 10] = 1
    wanted[0, 1] = torch.eye(11)[3]
    mixed = taught(wanted, strips, [teacher], 0.25)
    with torch.inference_mode():
        said = teacher(strips)["output"][0, :, 0, 1].exp()
    torch.testing.assert_close(mixed[0, 1], 0.75 * wanted[0, 1] + 0.25 * said)
    mixed[0, 1] = wanted[0, 1]
    torch.testing.assert_close(mixed, wanted, rtol=0, atol=0)


def test_teachers_change_what_is_learned(bank):
    """Of a batch of four strips one holds a digit alone."""
    recipe = replace(TINY, steps=2, batch=4)
    assert not same(run(bank, replace(recipe, teachers=("max",))), run(bank, recipe))


def test_the_main_weights_were_trained_further_by_their_recipe():
    said = trained_network("max").metadata["recipe"]
    recipe = Recipe(**{**said, "teachers": tuple(said["teachers"])})
    assert recipe == recipe_for("max", seed=7, start="max")


def test_rate_warms_up_holds_and_falls_to_zero():
    recipe = Recipe(steps=100, warmup=10, learning_rate=1.0, decay_share=0.5)
    rates = [recipe.rate(step) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1 * k for k in range(1, 11)])
    assert rates[10:50] == [1.0] * 40
    assert np.diff(rates[50:]) == pytest.approx([-0.02] * 49)
    assert rates[-1] == pytest.approx(0.02)


@given(architectures(unshared=False), st.integers(0, 99))
def test_the_maximum_may_come_before_any_activation(architecture, seed):
    """On strips that are as high as the network's window."""
    net = random_network(architecture, seed)
    side = architecture.window
    strips = torch.rand(2, 1, side, side + 9, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        expected = net(strips)["output pre"][:, :, 0].transpose(1, 2)
        scale = max(1.0, float(expected.abs().max()))
        torch.testing.assert_close(logits(net, strips), expected, rtol=1e-4, atol=1e-5 * scale)


def test_weights_file_holds_weights_recipe_figures_and_scales(bank, tmp_path, few_strips):
    torch.manual_seed(2)
    net, out = Network(lenet5()).eval(), tmp_path / "new" / "net.safetensors"
    save_weights(net, out, TINY, {"rows": []}, bank)
    loaded = read_weights(out, lenet5())
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(loaded[name], value.half().float().numpy())
    metadata = read_metadata(out)
    assert metadata["recipe"]["steps"] == 6
    assert metadata["figures"] == {"rows": []}
    assert set(metadata["scales"]) == set(net(torch.zeros(1, 1, 32, 32)))
    assert colour_scales(metadata, lenet5()) == metadata["scales"]
    assert architecture_from_json(metadata["architecture"]) == lenet5()
    with safe_open(str(out), "numpy") as file:
        assert all(json.loads(text) is not None for text in file.metadata().values())
    assert not list(out.parent.glob("*.part"))


def test_finished_net_says_none_less_readily_and_is_as_saved():
    torch.manual_seed(2)
    net = Network(lenet5())
    bias = net.output.bias.detach().clone()
    finish(net, TINY)
    expected = bias.index_add(0, torch.tensor([10]), torch.tensor([TINY.none_bias]))
    assert torch.equal(net.output.bias, expected.half().float())
    assert torch.equal(net.C3.weight, net.C3.weight.half().float())


def test_device_is_found_or_refused():
    assert pick_device("cpu") == CPU
    assert pick_device().type in {"cpu", "cuda", "mps"}
    with pytest.raises(UserError, match="abacus"):
        pick_device("abacus")


def test_train_refuses_a_folder_without_mnist(tmp_path: Path):
    with pytest.raises(UserError, match="--download"):
        train(tmp_path, None, tmp_path / "net.safetensors", lambda *_: {}, steps=1)


def write_idx(file: Path, array: np.ndarray) -> None:
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    file.write_bytes(header + array.astype(np.uint8).tobytes())


def test_train_reads_its_files_and_leaves_measured_weights(tmp_path, few_strips, monkeypatch):
    """From files to a weights file, and again from the checkpoint of an interrupted run."""

    def small(*args):
        return replace(recipe_for(*args), batch=16, printed=20, shapes=24)

    monkeypatch.setattr(training, "recipe_for", small)
    rng = np.random.default_rng(3)
    write_idx(tmp_path / "train-images-idx3-ubyte", rng.integers(0, 256, (20, 28, 28)))
    write_idx(tmp_path / "train-labels-idx1-ubyte", np.arange(20) % 10)
    pens = tmp_path / "pens.txt"
    pens.write_text('.SEGMENT DIGIT 0 ? "7"\n.COMMENT 7 1 1\n.PEN_DOWN\n0 9\n6 9\n2 0\n.PEN_UP\n')
    seen = []

    def evaluate(net, data, strokes):
        seen.append((net.state_dict()["C1.weight"].clone(), data, strokes))
        return {"rows": [{"test": "test", "correct": 0.5}]}

    out = tmp_path / "net.safetensors"
    train(tmp_path, pens, out, evaluate, steps=2, device="cpu")
    weight, data, strokes = seen[0]
    assert (data, strokes) == (tmp_path, pens)
    np.testing.assert_array_equal(read_weights(out, lenet5())["C1.weight"], weight.numpy())
    assert read_metadata(out)["figures"]["rows"][0]["correct"] == 0.5

    again = tmp_path / "again.safetensors"
    checkpoint = out.with_suffix(".ckpt")
    train(tmp_path, pens, again, evaluate, steps=2, device="cpu", resume=checkpoint)
    assert read_metadata(again) == read_metadata(out)
    for name, value in read_weights(out, lenet5()).items():
        np.testing.assert_array_equal(read_weights(again, lenet5())[name], value)

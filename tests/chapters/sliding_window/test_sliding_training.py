"""Three networks on one drawing: what they read, what they err, a click switches the live one."""

import pytest
from lost_weights import DAMAGES, lose, word_for
from PyQt6.QtCore import QPoint, QRect, Qt
from PyQt6.QtTest import QTest

from viz.chapters.sliding_window.training import NETWORKS, SlidingTraining, errors
from viz.engine.compute import Nets
from viz.nets.architecture import NONE_CLASS
from viz.scene import Scene
from viz.scene.digits import number


@pytest.fixture
def shown(new_lab):
    lab = new_lab(number("31"))
    return lab, lab.put(SlidingTraining(lab.document, lab.engine))


def row(view, number):
    tops = view._tops()
    return QPoint(20, round((tops[number] + tops[number + 1]) / 2))


def test_without_none_every_gap_names_a_digit(shown):
    _, view = shown
    assert view.readings["max"].text == "31"
    assert NONE_CLASS in view.readings["max"].winners
    assert NONE_CLASS not in view.readings["no-none"].winners
    assert view.readings["no-none"].text != "31"
    assert "31" in view.accessibleDescription()


def test_errors_are_those_of_the_weights_metadata(shown):
    _, view = shown
    centred, shifted, strings = errors("max")
    assert 0 < centred < 0.01 and 0 < shifted < 0.02 and 0 < strings < 0.05
    assert errors("no-augmentation")[1] > 10 * shifted
    assert errors("no-none")[2] > 10 * strings
    told = view.tooltip(row(view, 2).toPointF())
    assert f"{100 * errors('no-augmentation')[1]:.1f} %" in told
    assert view.tooltip(QPoint(2, 1).toPointF()) == view.tip


def test_a_click_lets_that_network_answer(shown, qtbot):
    lab, view = shown
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=row(view, 1))
    assert lab.document.network == "no-none"
    lab.settle()
    assert lab.document.snapshot.reading.text == view.readings["no-none"].text
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert lab.document.network == "no-augmentation"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert lab.document.network == "no-augmentation"
    lab.document.set_network("blur")
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert lab.document.network == "max"


def test_it_paints_what_it_reads(shown):
    lab, view = shown
    first = view.grab().toImage()
    lab.document.apply(Scene(32, 64), "clear")
    lab.settle()
    assert view.readings["max"].text == ""
    assert view.readings["no-none"].text != "", "a blank canvas is digits to it"
    assert view.grab().toImage() != first
    assert [view.row_at(row(view, k).toPointF()) for k in range(3)] == list(NETWORKS)


def test_the_present_network_s_row_is_the_answer_even_with_maps_ablated(shown):
    lab, view = shown
    others = view.readings["no-none"].text
    for number_ in range(lab.document.layer("C1").maps):
        lab.document.toggle_ablation("C1", number_)
    lab.settle()
    answer = lab.document.snapshot.reading.text
    assert view.readings["max"].text == answer != "31"
    assert view.readings["no-none"].text == others
    assert "maps ablated" in view.accessibleDescription()
    assert "ablated" in view.tooltip(row(view, 0).toPointF())
    assert "ablated" not in view.tooltip(row(view, 1).toPointF())
    lab.document.set_network("no-none")
    lab.settle()
    assert view.readings["max"].text == "31"
    assert view.readings["no-none"].text == lab.document.snapshot.reading.text


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_network_without_weights_leaves_the_others(new_lab, monkeypatch, tmp_path, damage):
    file = lose(monkeypatch, tmp_path, "no-none", damage)
    lab = new_lab(number("31"), Nets())
    view = lab.put(SlidingTraining(lab.document, lab.engine))
    assert set(view.readings) == {"max", "no-augmentation"}
    assert set(view.compared.broken) == {"no-none"}
    assert errors("no-none") == (None, None, None)
    assert f"{file.name} is {word_for(damage)}; install the program anew." in (
        view.accessibleDescription()
    )
    assert str(file) in view.tooltip(row(view, 1).toPointF())
    below = round(view._tops()[1] + view._bold.height)
    picture = view.grab(QRect(0, below, 200, round(view._tops()[2]) - below)).toImage()
    pixels = {picture.pixel(x, y) for x in range(200) for y in range(picture.height())}
    assert len(pixels) > 1, "its row says so"
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert lab.document.network == "no-augmentation"

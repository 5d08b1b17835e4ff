"""A structured report in the imaging room: a page of text in place of a picture."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from farlead.messages import Language
from farlead.model.recording import ImageStudy, Modality
from farlead_ui.imaging.model import ImageModel
from farlead_ui.imaging.view import ImageView
from farlead_ui.imaging.words import ImageWords
from farlead_ui.theme.appearance import Appearance
from farlead_ui.theme.tokens import DAY, NIGHT
from support_sheet import image

LINES = ("心脏超声报告", "测量", "  左室舒张末内径: 45.5 mm", *(f"行 {n}" for n in range(200)))

Shown = tuple[ImageModel, ImageView]


def report(*lines: str) -> ImageStudy:
    return ImageStudy(np.zeros((0, 1, 1), np.uint8), Modality.DOCUMENT, text=lines or LINES)


def grey() -> ImageStudy:
    return image(np.zeros((1, 8, 8), np.uint8))


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., Shown]:
    def made(*images: ImageStudy, notes: tuple[str, ...] = ()) -> Shown:
        model = ImageModel()
        view = ImageView(model, DAY)
        qtbot.addWidget(view)
        view.resize(640, 480)
        view.show()
        model.show(images, notes=notes)
        return model, view

    return made


def test_the_lines_are_shown_and_can_be_scrolled(show: Callable[..., Shown], qtbot: QtBot) -> None:
    _, view = show(report())
    page = view.text_page
    assert page is not None
    assert page.shown == "\n".join(LINES)
    assert page.scrolled == 0
    page.scroll_to_end()
    assert page.scrolled > 100
    view.setFocus()
    qtbot.keyClick(page.focusProxy(), Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert page.scrolled == 0


def test_a_text_counts_as_seen_once_it_is_painted(show: Callable[..., Shown], qtbot: QtBot) -> None:
    model, view = show()
    content = report()
    with qtbot.waitSignal(view.painted, timeout=5000) as painted:
        model.show([content])
    assert painted.args == [content]


def test_pictures_and_texts_take_turns(show: Callable[..., Shown]) -> None:
    model, view = show(grey(), report("a"), report("b"))
    assert len(model.series) == 3
    assert view.text_page is None
    model.next_series()
    assert view.text_page is not None
    assert view.text_page.shown == "a"
    assert view.canvas.picture is None
    model.next_series()
    assert view.text_page.shown == "b"
    model.set_series(0)
    assert view.text_page is None
    assert view.canvas.picture is not None


def test_words_that_change_a_picture_are_not_offered_for_a_text(
    show: Callable[..., Shown], qtbot: QtBot
) -> None:
    model, _ = show(report(), grey())
    words = ImageWords(model, DAY)
    qtbot.addWidget(words)
    hidden = (words.window_word, words.invert, words.zoom, words.play)
    assert all(word.isHidden() for word in hidden)
    assert not words.series.isHidden()
    model.next_series()
    assert not words.zoom.isHidden()


def test_pages_of_a_document_are_no_cine(show: Callable[..., Shown]) -> None:
    model, _ = show(image(np.zeros((3, 8, 8, 3), np.uint8), modality=Modality.DOCUMENT))
    assert (model.count, model.cine) == (3, None)


def test_the_heading_is_in_the_language_of_the_window(
    show: Callable[..., Shown], appearance: Appearance, qtbot: QtBot
) -> None:
    _, view = show(report())
    for language, heading in (
        (Language.ZH, "结构化报告，以文字显示"),
        (Language.EN, "Structured report, shown as text"),
    ):
        appearance.language = language
        page = view.text_page
        assert page is not None
        qtbot.waitUntil(lambda page=page, heading=heading: page.heading == heading, timeout=5000)


def test_notes_of_the_files_stand_under_the_picture_each_once(show: Callable[..., Shown]) -> None:
    model, view = show(grey(), notes=("患者身份只来自申请单", "b", "b"))
    assert view.shown_notes == "患者身份只来自申请单\nb"
    model.clear()
    assert view.shown_notes == ""


def test_day_and_night(show: Callable[..., Shown]) -> None:
    _, view = show(report())
    before = view.grab().toImage().pixelColor(600, 200)
    view.set_palette(NIGHT)
    assert view.grab().toImage().pixelColor(600, 200) != before

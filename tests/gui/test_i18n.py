"""Every text of a widget is in a .ts file, none is unfinished, placeholders agree."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from string import Formatter

import pytest

from farlead.messages import Language
from farlead_ui.i18n import FOLDER, Languages, TranslationsMissing
from farlead_ui.i18n.release import release
from support_gui import Key, TestSeat

UI = FOLDER.parent


def _entries(file: Path) -> dict[tuple[str, str], str | None]:
    """(context, source) -> translation; None: unfinished."""
    found: dict[tuple[str, str], str | None] = {}
    for context in ET.parse(file).getroot().iter("context"):  # noqa: S314  # our own file
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            done = translation.get("type") is None and bool(translation.text)
            found[name, message.findtext("source", "")] = translation.text if done else None
    return found


def _kept() -> dict[tuple[str, str], str | None]:
    kept: dict[tuple[str, str], str | None] = {}
    for file in sorted(FOLDER.glob("*_zh_CN.ts")):
        kept.update(_entries(file))
    return kept


def test_a_new_build_leaves_the_one_that_a_window_has_open_as_it_was(tmp_path: Path) -> None:
    """A running window has its texts mapped; a file that is cut short under it ends the process."""
    built = release(tmp_path)
    assert built
    with built[0].open("rb") as open_one:
        before = built[0].read_bytes()
        os.utime(built[0], (0, 0))  # out of date
        assert release(tmp_path) == [built[0]]
        assert os.fstat(open_one.fileno()).st_ino != built[0].stat().st_ino
        assert open_one.read() == before
    assert sorted(tmp_path.iterdir()) == sorted(built)


def test_every_text_in_the_code_is_translated(tmp_path: Path) -> None:
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    sources = [str(path) for path in sorted(UI.rglob("*.py"))]
    target = tmp_path / "all.ts"
    subprocess.run([tool, "-silent", *sources, "-ts", target], check=True)
    in_code, kept = _entries(target), _kept()
    assert len(in_code) > 200
    missing = sorted(key for key in in_code if key not in kept)
    assert not missing, missing
    idle = sorted(key for key in kept if key not in in_code)
    assert not idle, f"no longer in the code: {idle}"


def test_nothing_is_unfinished() -> None:
    unfinished = [key for key, text in _kept().items() if text is None]
    assert not unfinished, unfinished


def test_placeholders_agree() -> None:
    for (context, source), text in _kept().items():
        wanted = {name for _, name, _, _ in Formatter().parse(source) if name}
        given = {name for _, name, _, _ in Formatter().parse(text or "") if name}
        assert wanted == given, f"{context}: {source}"


def test_chinese_is_chinese() -> None:
    same = {source for (_, source), text in _kept().items() if source == text}
    for source in same:
        assert len(source) < 16, f"not translated? {source}"


def test_the_language_changes_without_restart(seat: TestSeat) -> None:
    window = seat.station.window
    seat.station.reading.take(1)
    assert window.report._title.text() == "报告"
    seat.press(Key.Key_F8)
    assert window.report._title.text() == "Report"
    assert window.list._foot.text().startswith("Signed")
    assert window.appearance.language is Language.EN
    seat.press(Key.Key_F8)
    assert window.report._title.text() == "报告"


def test_missing_translations_are_said(qapp: object, tmp_path: Path) -> None:
    languages = Languages(qapp, tmp_path)  # type: ignore[arg-type]
    with pytest.raises(TranslationsMissing, match="make translations"):
        languages.use(Language.ZH)

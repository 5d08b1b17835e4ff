"""Personal settings are the account's: another station has them, too."""

from pathlib import Path

import pytest

from fake_desk import FakeClock, FakeDesk
from farlead.errors import SettingsError
from farlead.messages import Language
from farlead.model.phrases import Both, Template
from farlead_ui.own_phrases import AccountPhrases, FilePhrases
from farlead_ui.personal import followed
from farlead_ui.seat import SeatMemory
from farlead_ui.theme.tokens import Look


def _phrase(form: str, text: str) -> Template:
    return Template(form, text, text, (), Both("", ""), Both(text, text), own=True)


def test_what_the_account_keeps_goes_before_what_the_seat_remembers() -> None:
    seat = SeatMemory(look=Look.DAY, keys={"a": ("A",)}, layouts={"yi": "6x2"})
    kept = {"look": "night", "language": "en", "layout": "12x1", "phrases": [], "keys": {}}
    kept["keep_interrupted"] = True
    found = followed(seat, "jia", kept)
    assert (found.look, found.language, found.keys) == (Look.NIGHT, Language.EN, {})
    assert found.layouts == {"yi": "6x2", "jia": "12x1"}
    assert found.keep_interrupted
    assert followed(seat, "jia", {}) == seat


def test_what_cannot_be_read_names_its_field() -> None:
    with pytest.raises(SettingsError, match="look"):
        followed(SeatMemory(), "jia", {"look": "purple"})


def test_short_forms_follow_the_reader_to_another_station(tmp_path: Path) -> None:
    desk = FakeDesk(FakeClock())
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    FilePhrases(one, "jia").keep(_phrase("old", "from the file of the seat"))
    FilePhrases(one, "yi").keep(_phrase("his", "a colleague's"))
    here = AccountPhrases(desk, one, "jia")
    assert [each.code for each in here.read()] == ["old"]
    here.keep(_phrase("new", "kept"))
    there = AccountPhrases(desk, two, "jia")
    assert [each.code for each in there.read()] == ["old", "new"]
    there.drop("old")
    assert [each.code for each in here.read()] == ["new"]

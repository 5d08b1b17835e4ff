"""The journal of a station: sealed, whole after a crash, erased when it was handed over."""

import os
import stat
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.errors import NoKeyringError

from farlead.errors import JournalError
from farlead.journal import Journal, SealedFile, journal_key
from farlead.model.critical import CallMade, Way
from farlead.model.outage import KeptAct, KeptCall, KeptDraft
from farlead.model.report import Claim, Draft
from farlead.settings import Settings

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WORDS = "窦性心律，患者王某"


def _kept(study: int, words: str = WORDS, seen: str | None = None) -> KeptDraft:
    claim = Claim(study, 1, "示例医师甲", "seat", 3, NOW)
    return KeptDraft(study, f"n{study}", claim, Draft(conclusion=words), Draft(), NOW, seen)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(folder=tmp_path)


@pytest.fixture
def journal(settings: Settings) -> Journal:
    return Journal.of(settings, "li")


def _file(settings: Settings) -> Path:
    return settings.journal / "li.journal"


def test_what_is_kept_is_there_again_and_nobody_else_reads_it(
    settings: Settings, journal: Journal
) -> None:
    journal.keep(_kept(1))
    journal.keep(_kept(2, seen="hash"))
    journal.keep(_kept(1, "später"))
    again = Journal.of(settings, "li")
    assert again.drafts() == {1: _kept(1, "später"), 2: _kept(2, seen="hash")}
    assert (again.kept().drafts, again.kept().ready) == (1, 1)
    sealed = _file(settings).read_bytes()
    assert WORDS.encode() not in sealed
    assert "王某".encode() not in sealed
    assert stat.S_IMODE(_file(settings).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.journal.stat().st_mode) == 0o700


def test_what_was_handed_over_is_erased(settings: Settings, journal: Journal) -> None:
    act = KeptAct("li", "study.opened", "study:1", NOW)
    call = KeptCall(4, CallMade(Way.TELEPHONE, "1", "王", reached=True), NOW)
    journal.keep(_kept(1))
    journal.note(act)
    journal.call(call)
    journal.erase(draft=1)
    assert (journal.drafts(), journal.acts(), journal.calls()) == ({}, [act], [call])
    journal.erase(act=act)
    journal.erase(call=call)
    assert not _file(settings).exists()


def test_a_file_does_not_grow_without_end(settings: Settings, journal: Journal) -> None:
    for n in range(402):
        journal.keep(_kept(1, f"{n}"))
    assert _file(settings).stat().st_size < 20_000
    assert journal.drafts()[1].draft.conclusion == "401"


def test_what_a_crash_cut_short_is_dropped_and_the_rest_is_whole(
    settings: Settings, journal: Journal
) -> None:
    journal.keep(_kept(1))
    whole = _file(settings).stat().st_size
    journal.keep(_kept(2))
    size = _file(settings).stat().st_size
    for end in (whole + 1, whole + 10, size - 1):
        data = _file(settings).read_bytes()
        os.truncate(_file(settings), end)
        assert set(journal.drafts()) == {1}
        journal.keep(_kept(3))
        assert set(journal.drafts()) == {1, 3}
        _file(settings).write_bytes(data)


def _altered(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[30] ^= 1
    file.write_bytes(data)


def _lengthened(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[1] ^= 1  # as if a crash had cut it short
    file.write_bytes(data)


def _renamed(file: Path) -> None:
    other = Journal(SealedFile(file.with_name("wang.journal"), os.urandom(32)))
    other.keep(_kept(1))
    file.with_name("wang.journal").replace(file)


@pytest.mark.parametrize("damage", [_altered, _lengthened, _renamed])
def test_damage_is_said_and_the_file_is_put_aside(
    settings: Settings, journal: Journal, damage: Callable[[Path], None]
) -> None:
    journal.keep(_kept(1))
    damage(_file(settings))
    with pytest.raises(JournalError):
        journal.drafts()
    with pytest.raises(JournalError):
        journal.keep(_kept(3))  # nor is anything cut off
    aside = journal.set_aside()
    assert aside.exists()
    journal.keep(_kept(2))
    assert set(journal.drafts()) == {2}


def test_what_nobody_came_back_for_is_erased_at_its_age(settings: Settings) -> None:
    Journal.of(settings, "wang").keep(_kept(1))
    Journal.of(settings, "li").keep(_kept(1))
    old = time.time() - 15 * 86_400
    for login in ("wang", "li"):
        os.utime(settings.journal / f"{login}.journal", (old, old))
    assert Journal.of(settings, "li").drafts()  # one's own is handed over now
    assert not Journal.of(settings, "wang").drafts()


class Ring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


def test_the_key_lies_in_the_keyring_where_there_is_one(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = Ring()
    monkeypatch.setattr(keyring, "get_password", ring.get_password)
    monkeypatch.setattr(keyring, "set_password", ring.set_password)
    first = journal_key(settings)
    assert first.in_keyring
    assert journal_key(settings).key == first.key
    assert not (settings.keys / "journal.key").exists()


def _none(*_: str) -> str | None:
    raise NoKeyringError


def test_without_a_keyring_it_is_a_file_of_the_owner(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring, "get_password", _none)
    first = journal_key(settings)
    assert not first.in_keyring
    assert journal_key(settings).key == first.key
    assert stat.S_IMODE((settings.keys / "journal.key").stat().st_mode) == 0o600

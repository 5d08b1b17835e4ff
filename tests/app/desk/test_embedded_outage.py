"""The embedded store's file is taken away, replaced, or its disk fails, amid reading."""

import resource
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecg_files import START, dicom_bytes, recording
from farlead.desk import OpenStudy, StationDesk
from farlead.errors import StoreUnreachable
from farlead.messages import Language
from farlead.model.outage import KeptDraft
from farlead.model.report import Claim, Draft
from farlead.services import open_desk, open_services
from support_house import READER, House, open_house
from support_outage import rejecting

WRITTEN = Draft(conclusion="数据库不在时写的")


@dataclass
class Reading:
    """A station amid reading, over a house whose services have the file open as well."""

    house: House
    desk: StationDesk
    claim: Claim
    opened: OpenStudy

    @property
    def file(self) -> Path:
        return self.house.settings.database_file

    @property
    def aside(self) -> Path:
        return self.file.with_name("elsewhere.db")

    def told(self) -> str:
        """Why the database is away."""
        with pytest.raises(StoreUnreachable) as told:
            self.desk.changed()
        return told.value.reason.id

    def stored(self) -> Draft:
        """What stands in the store now."""
        kept = self.house.services.store.draft(self.claim.study)
        assert kept is not None
        return kept.draft

    def handed_over(self) -> Draft:
        """What stands in the store once the station has handed over; its journal is empty then."""
        self.desk.changed()
        self.desk.take_up(self.claim)
        assert not self.desk.kept()
        return self.stored()


@pytest.fixture
def reading(tmp_path: Path) -> Iterator[Reading]:
    with open_house(tmp_path / "house") as house:
        for name in ("before", "now"):
            shown = recording(local_number="A1", rate=60.0 if name == "before" else 75.0)
            house.drop(f"{name}.dcm", dicom_bytes(shown))
            house.take_in()
        with open_desk(house.settings, READER.login) as desk:
            desk.worklist()
            study = max(row.study.id for row in house.rows())
            claim = desk.claim(study)
            yield Reading(house, desk, claim, desk.open(study))


def test_a_file_taken_away_is_told_and_what_is_written_is_kept(reading: Reading) -> None:
    reading.file.rename(reading.aside)
    assert reading.told() == "store.file_gone"
    reading.desk.save_draft(reading.claim, WRITTEN)
    assert reading.desk.kept().drafts == 1
    assert reading.desk.worklist().rows, "the list as it was last seen"
    assert not reading.file.exists(), "no empty one is made in its place"
    reading.aside.rename(reading.file)
    assert reading.handed_over() == WRITTEN


def test_a_report_that_is_ready_waits_for_the_file(reading: Reading) -> None:
    ready = rejecting(reading.opened, "可以签发")
    reading.file.rename(reading.aside)
    assert reading.told() == "store.file_gone"
    reading.desk.put_ready(reading.claim, ready)
    assert reading.desk.kept().ready == 1
    reading.aside.rename(reading.file)
    reading.desk.changed()
    assert reading.desk.take_up(reading.claim).ready
    assert [item.study for item in reading.desk.batch().items] == [reading.claim.study]


def test_another_file_in_its_place_is_not_written_to(reading: Reading) -> None:
    reading.file.rename(reading.aside)
    reading.file.write_bytes(b"")
    assert reading.told() == "store.file_other"
    reading.desk.save_draft(reading.claim, WRITTEN)
    assert reading.file.read_bytes() == b""
    reading.aside.replace(reading.file)
    assert reading.handed_over() == WRITTEN


def test_nobody_starts_on_an_empty_store_in_its_place(reading: Reading) -> None:
    reading.file.rename(reading.aside)
    with (
        pytest.raises(StoreUnreachable, match="gone") as told,
        open_services(reading.house.settings),
    ):
        pass
    assert str(reading.file) in told.value.text(Language.EN)
    assert not reading.file.exists()
    reading.aside.rename(reading.file)


@contextmanager
def _no_byte_more(file: Path) -> Iterator[None]:
    """This process may not make any file longer than this one is now: writing fails in earnest."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fails_amid_writing_is_told_and_the_draft_is_kept(reading: Reading) -> None:
    reading.desk.save_draft(reading.claim, Draft(conclusion="先前"))
    log = reading.file.with_name(reading.file.name + "-wal")
    long = Draft(conclusion=secrets.token_hex(log.stat().st_size // 8))
    with _no_byte_more(log):
        reading.desk.save_draft(reading.claim, long)
        away = reading.desk.away
        assert away is not None
        assert away.reason.id in {"store.file_unreadable", "store.disk_full"}
        assert reading.desk.kept().drafts == 1
    assert reading.handed_over() == long


def test_what_is_in_the_cache_is_read_on(reading: Reading) -> None:
    online = reading.desk.earlier_ecgs(reading.claim.study)
    reading.file.rename(reading.aside)
    assert reading.told() == "store.file_gone"
    assert reading.desk.preview(reading.claim, WRITTEN).startswith(b"%PDF")
    (earlier,) = reading.desk.earlier_ecgs(reading.claim.study).ecgs
    assert earlier.recording is not None
    (before,) = online.ecgs
    assert before.recording is not None
    assert (earlier.recording.samples == before.recording.samples).all()
    with pytest.raises(StoreUnreachable) as told:
        reading.desk.preview(999, WRITTEN)
    assert told.value.reason.id == "journal.not_here"
    reading.aside.rename(reading.file)
    reading.desk.changed()
    reading.desk.take_up(reading.claim)
    seen = reading.house.services.store.trail(f"study:{earlier.study.id}")
    assert [bool(e.detail.get("offline")) for e in seen if e.action == "study.compared"] == [
        False,
        True,
    ]


_KILLED_AT_ITS_FIRST_ERASING = """
import os, signal, sys
from pathlib import Path
from farlead.journal import Journal
from farlead.services import open_desk
from farlead.settings import load_settings
Journal.erase = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
with open_desk(load_settings(Path(sys.argv[1])), sys.argv[2]) as desk:
    desk.take_up()
"""


def test_a_station_killed_amid_handing_over_enters_each_act_once(reading: Reading) -> None:
    reading.file.rename(reading.aside)
    assert reading.told() == "store.file_gone"
    for _ in range(2):
        reading.desk.open(reading.claim.study)
    reading.aside.rename(reading.file)
    for _ in range(2):
        words = [str(reading.house.settings.folder), READER.login]
        killed = subprocess.run(
            [sys.executable, "-c", _KILLED_AT_ITS_FIRST_ERASING, *words],
            check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    reading.desk.changed()
    reading.desk.take_up(reading.claim)
    trail = reading.house.services.store.trail(f"study:{reading.claim.study}")
    late = [e for e in trail if e.action == "study.opened" and e.detail.get("offline")]
    assert len({e.detail["station_time"] for e in late}) == len(late) == 2


def test_a_text_is_offered_once_however_often_it_is_handed_over(reading: Reading) -> None:
    store, account = reading.house.services.store, reading.desk.account
    study = reading.claim.study
    kept = KeptDraft(study, "1", reading.claim, WRITTEN, Draft(), START)
    for _ in range(2):
        store.offer(kept, account, "seat")
    assert [each.draft for each in store.offered(study)] == [WRITTEN]

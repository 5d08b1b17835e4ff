"""Archives that answer otherwise than the standard says: nothing is lost, nothing stands still."""

import errno
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pydicom
import pytest

from farlead.exchange.intake.archive import ArchiveIntake, ArchiveResult
from farlead.exchange.intake.assigning import MOST_WAITING
from farlead.messages import Language
from farlead.sandbox import Sandbox
from farlead.settings import Settings, UnitSettings
from farlead.store import Store
from odd_archive import OddArchive, odd_archive
from support_archive import ecg, written
from support_store import arrival


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=2 << 30, seconds=20) as made:
        yield made


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    units = (UnitSettings(code="jia", name="甲县人民医院"), UnitSettings(code="yi", name="乙镇"))
    return Settings(folder=tmp_path / "house", units=units, settle_seconds=0.0)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    with Store.of(settings) as made:
        yield made


class Looking:
    """Intake from such an archive, with its clock in hand."""

    def __init__(self, settings: Settings, store: Store, sandbox: Sandbox) -> None:
        self.settings, self._store, self._sandbox = settings, store, sandbox
        self._made: ArchiveIntake | None = None
        self._now = datetime.now(UTC)
        self._asked = 0
        self.most_asked = 100_000

    def at(self, archive: OddArchive, **given: object) -> ArchiveResult:
        """One look."""
        if self._made is None:
            self._made = ArchiveIntake(
                self.settings,
                archive.archive(unit="jia", **given),
                self._store,
                self._sandbox,
                lambda: self._now,
                stopped=self._stopped,
            )
        return self._made.run_once()

    def _stopped(self) -> bool:
        """It is told to end when it does not come to an end by itself."""
        self._asked += 1
        return self._asked > self.most_asked

    def pass_time(self, **much: float) -> None:
        self._now += timedelta(**much)

    def taken(self, unit: str = "jia") -> set[str]:
        inbox = self.settings.inbox(unit)
        return {file.stem for file in inbox.glob("*.dcm")} if inbox.is_dir() else set()

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
            self._made = None


@pytest.fixture
def looking(settings: Settings, store: Store, sandbox: Sandbox) -> Iterator[Looking]:
    made = Looking(settings, store, sandbox)
    yield made
    made.close()


def uid(data: bytes) -> str:
    return str(pydicom.dcmread(io.BytesIO(data)).SOPInstanceUID)


HOW = {
    "no pages": {"pages": False},
    "an empty list": {"nothing": 200},
    "pages that overlap": {"overlap": 1},
    "no counts": {"counts": False},
    "no modality": {"modality": False},
    "neither": {"modality": False, "counts": False},
    "JSON in GB18030": {"charset": "gb18030"},
    "JSON with a mark": {"charset": "utf-8-sig"},
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("how", HOW)
def test_whatever_it_answers_each_object_is_taken_once(
    looking: Looking, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("farlead.clients.dicomweb.PAGE", 3)
    objects = [ecg("测试乙啊") for _ in range(7)]
    with odd_archive(**HOW[how]) as archive:  # type: ignore[arg-type]  # of several types
        archive.put(*objects)
        results = [looking.at(archive) for _ in range(3)]
        assert [result.trouble for result in results] == [None] * 3
        assert sorted(archive.given) == sorted(map(uid, objects))
    assert looking.taken() == set(map(uid, objects))


def test_an_object_that_it_cannot_give_holds_up_no_other(looking: Looking) -> None:
    objects = [ecg() for _ in range(5)]
    broken, *rest = map(uid, objects)
    with odd_archive(broken={broken}) as archive:
        archive.put(*objects)

        told = [looking.at(archive).trouble for _ in range(3)]
        assert looking.taken() == set(rest)
        assert all(each is not None for each in told)
        assert broken in told[-1].text(Language.ZH)  # type: ignore[union-attr]  # as asserted
        assert "file not found on disk" in told[-1].text(Language.EN)  # type: ignore[union-attr]

        archive.broken.clear()
        looking.pass_time(minutes=5)
        assert looking.at(archive).trouble is None
    assert looking.taken() == {broken, *rest}


def test_what_was_not_given_is_asked_for_after_a_restart_and_long_after(looking: Looking) -> None:
    data = ecg()
    with odd_archive(broken={uid(data)}) as archive:
        archive.put(data)
        looking.at(archive)
        looking.close()
        archive.broken.clear()
        looking.pass_time(days=40)
        assert looking.at(archive).trouble is None
    assert looking.taken() == {uid(data)}


def test_what_was_not_given_and_is_deleted_is_told_no_longer(looking: Looking) -> None:
    data = ecg()
    with odd_archive(broken={uid(data)}) as archive:
        archive.put(data)
        assert looking.at(archive).trouble is not None
        archive.forget(uid(data))
        looking.pass_time(minutes=5)
        assert looking.at(archive).trouble is None


def test_a_study_whose_objects_it_cannot_list_holds_up_no_other(looking: Looking) -> None:
    objects = [ecg() for _ in range(3)]
    study = str(pydicom.dcmread(io.BytesIO(objects[0])).StudyInstanceUID)
    with odd_archive(nameless={study}) as archive:
        archive.put(*objects)
        assert looking.at(archive).trouble is not None
        assert looking.taken() == set(map(uid, objects[1:]))

        archive.nameless.clear()
        looking.pass_time(minutes=5)
        assert looking.at(archive).trouble is None
    assert looking.taken() == set(map(uid, objects))


def test_what_lies_in_an_inbox_for_good_stops_no_archive(looking: Looking) -> None:
    inbox = looking.settings.inbox("jia")
    inbox.mkdir(parents=True)
    for number in range(MOST_WAITING + 50):
        (inbox / f"{number}.tmp").touch()
    looking.most_asked = 20
    data = ecg()
    with odd_archive() as archive:
        archive.put(data)
        looking.at(archive)
    assert looking.taken() == {uid(data)}


def test_a_header_that_cannot_be_read_is_no_reason_to_guess_the_unit(looking: Looking) -> None:
    data = bytearray(ecg())
    at = data.index(b"\x08\x00\x16\x00UI")  # SOP Class UID: its length runs over the end
    data[at + 6 : at + 8] = b"\xff\xff"
    whole = ecg()
    rules = ({"unit": "yi", "institution": "乙镇*"},)
    with odd_archive() as archive:
        archive.put(whole)
        archive.spoil(uid(whole), bytes(data))
        result = looking.at(archive, rules=rules)
    assert (result.taken, result.unassigned) == (0, 1)
    assert result.trouble is not None
    assert looking.taken() == set()


def test_a_rule_by_sender_guesses_nothing_where_the_archive_knows_no_senders(
    looking: Looking,
) -> None:
    rules = ({"unit": "yi", "aet": "CART2"},)
    with odd_archive() as archive:
        archive.put(ecg())
        result = looking.at(archive, rules=rules)
    assert (result.taken, result.unassigned) == (0, 1)
    assert looking.taken() == set()


def test_brackets_of_a_name_are_letters(looking: Looking) -> None:
    made = pydicom.dcmread(io.BytesIO(ecg()))
    made.InstitutionName = "County [East] Hospital"
    data = written(made)
    rules = ({"unit": "yi", "institution": "County [East]*"},)
    with odd_archive() as archive:
        archive.put(data)
        looking.at(archive, rules=rules)
    assert looking.taken("yi") == {uid(data)}


def test_a_cart_ahead_of_its_time_is_found(looking: Looking) -> None:
    data = ecg(hours_ago=-24 * 40)
    with odd_archive() as archive:
        archive.put(data)
        looking.at(archive)
    assert looking.taken() == {uid(data)}


def test_a_clock_that_was_ahead_and_is_put_right_stops_no_window(looking: Looking) -> None:
    with odd_archive() as archive:
        looking.pass_time(days=400)
        looking.at(archive)
        looking.pass_time(days=-400)
        data = ecg(hours_ago=24 * 3)
        archive.put(data)
        looking.at(archive)
    assert looking.taken() == {uid(data)}


def test_a_study_that_two_units_sent_may_grow_in_the_archive(
    looking: Looking, store: Store
) -> None:
    for unit in ("jia", "yi"):
        store.add_object(arrival("88", study="77", unit=unit))
    first, second = (pydicom.dcmread(io.BytesIO(ecg())) for _ in range(2))
    first.SOPInstanceUID, first.StudyInstanceUID, second.StudyInstanceUID = (
        "1.3.88",
        *["1.2.77"] * 2,
    )
    with odd_archive() as archive:
        archive.put(written(first), written(second))
        looking.at(archive)
    assert looking.taken() == {str(second.SOPInstanceUID)}


def test_an_object_that_takes_the_place_of_another_is_found(looking: Looking) -> None:
    first, second = ecg(), pydicom.dcmread(io.BytesIO(ecg()))
    second.StudyInstanceUID = pydicom.dcmread(io.BytesIO(first)).StudyInstanceUID
    with odd_archive() as archive:
        archive.put(first)
        looking.at(archive)
        archive.forget(uid(first))
        archive.put(written(second))
        looking.pass_time(minutes=16)
        looking.at(archive)
        looking.pass_time(minutes=16)
        looking.at(archive)
        assert archive.given == [uid(first), str(second.SOPInstanceUID)]
    assert looking.taken() == {uid(first), str(second.SOPInstanceUID)}


def test_a_full_disk_is_told_and_everything_comes_later(
    looking: Looking, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = [ecg() for _ in range(3)]

    def full(*_: object, **__: object) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    with odd_archive() as archive:
        archive.put(*objects)
        with monkeypatch.context() as patched:
            patched.setattr("farlead.exchange.intake.assigning.hand_in", full)
            told = looking.at(archive).trouble
            assert told is not None
            assert "No space left" in told.text(Language.EN)
        assert looking.at(archive).trouble is None
    assert looking.taken() == set(map(uid, objects))

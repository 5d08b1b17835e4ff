"""Screening: results, failures with their reason, and one bad study that blocks no other."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from farlead.errors import (
    ObjectAway,
    RuleTableError,
    SandboxCrashed,
    SandboxTimedOut,
    SettingsError,
    UnreadableFile,
)
from farlead.messages import Language, message
from farlead.model.archived import Archived
from farlead.model.comparison import Compared
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead.model.screening import Quality, Screening
from farlead.model.study import Priority, ScreeningState, Severity
from farlead.model.worklist import severity
from farlead.objects import ObjectFolder
from farlead.sandbox import Call
from farlead.services import ScreeningService
from farlead.services import screening as screening_service
from farlead.services.screening import MOST_TRIES
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock, arrival, screening

RECORDING = Recording(np.zeros((1, 10), np.float32), ("II",), 500.0)
Answer = Screening | BaseException | list[Screening | BaseException]


class ScriptedSandbox:
    """Stands in for the confined process: what reading and screening each object comes to."""

    def __init__(self) -> None:
        self.answers: dict[bytes, Answer] = {}
        self.unreadable: set[bytes] = set()
        self.limits: set[float | None] = set()
        self.beside: list[int] = []
        self.own: list[str] = []
        self._read: dict[int, bytes] = {}
        self._kept: list[Recording] = []

    def call(self, function: str, /, *args: object, seconds: float | None = None) -> object:
        self.limits.add(seconds)
        if function == "farlead.formats:read":
            return self._content(*args)
        assert function == "farlead.analysis:screen_by"
        inner, earlier, name, _, _ = args
        assert isinstance(inner, Call)
        assert inner.function == "farlead.formats:read"
        recording = self._content(*inner.args)
        assert isinstance(earlier, tuple)
        self.beside.append(len(earlier))
        self.own.append(str(name))
        answer = self.answers[self._read[id(recording)]]
        if isinstance(answer, list):  # one try after the other
            answer = answer.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _content(self, data: object) -> Recording:
        assert isinstance(data, bytes)
        if data in self.unreadable:
            raise UnreadableFile(message("services.no_recording"))
        self._kept.append(replace(RECORDING))  # alive, so that its id is its own
        self._read[id(self._kept[-1])] = data
        return self._kept[-1]


class Room:
    """A store, objects and a scripted sandbox with the service over them."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.objects = ObjectFolder(folder / "objects")
        self.sandbox = ScriptedSandbox()
        self.service = ScreeningService(
            Settings(folder=folder, screen_seconds=3.0),
            self.store,
            self.objects,
            [self.sandbox],  # type: ignore[list-item]
        )

    def add(self, name: str, answer: Answer, **how: object) -> int:
        """A study whose screening comes to `answer`."""
        made = arrival(name, **how)  # type: ignore[arg-type]
        stored = replace(made.object, sha256=self.objects.put(name.encode()))
        self.sandbox.answers[name.encode()] = answer
        return self.store.add_object(replace(made, object=stored)).study_id


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    yield made
    made.store.close()


HANG = SandboxTimedOut(message("services.no_recording"))
CRASH = SandboxCrashed(message("services.no_recording"))


def test_results_are_kept_and_limits_handed_on(room: Room) -> None:
    found = screening(Severity.REMARK)
    study = room.add("a", found)
    assert room.service.run_once() == 1
    row = room.store.row(study)
    assert (row.screening_state, row.screening) == (ScreeningState.DONE, found)
    assert room.sandbox.limits == {3.0}
    assert room.service.run_once() == 0


@pytest.mark.parametrize("trouble", [HANG, CRASH])
def test_a_hang_or_crash_ranks_with_urgent_and_the_others_go_on(
    room: Room, trouble: Exception
) -> None:
    bad = room.add("bad", trouble, priority=Priority.EMERGENCY)
    good = [room.add(name, screening()) for name in "abc"]
    while room.service.run_once():
        pass
    row = room.store.row(bad)
    assert row.screening_state is ScreeningState.FAILED
    assert row.failure == trouble.reason  # type: ignore[attr-defined]
    assert severity(row, room.clock()) >= Severity.URGENT
    assert room.store.worklist().rows[0].study.id == bad
    assert all(room.store.row(s).screening_state is ScreeningState.DONE for s in good)


def test_what_took_too_long_once_is_tried_again_with_more_time(room: Room) -> None:
    found = screening(Severity.CRITICAL)
    study = room.add("late", [HANG, found])
    room.service.run_once()
    row = room.store.row(study)
    assert (row.screening_state, row.screening) == (ScreeningState.DONE, found)
    assert room.sandbox.limits == {3.0, 6.0}
    assert [case.study for case in room.store.cases_since(room.clock())] == [study]


def test_the_gravest_of_several_recordings_is_shown(room: Room) -> None:
    study = room.add("a", screening(Severity.REMARK), study="s")
    room.add("b", screening(Severity.CRITICAL), study="s")
    room.add("c", screening(Severity.NORMAL), study="s")
    room.service.run_once()
    row = room.store.row(study)
    assert row.screening is not None
    assert row.screening.severity is Severity.CRITICAL
    measured = room.store.screened_object(study)
    assert measured == row.study.objects[1].sha256


def test_unknown_outweighs_a_remark(room: Room) -> None:
    unknown = Screening("test/1", Severity.NORMAL, known=False, quality=Quality.RETAKE)
    study = room.add("a", screening(Severity.REMARK), study="s")
    room.add("b", unknown, study="s")
    room.service.run_once()
    assert room.store.row(study).screening == unknown


def test_a_missing_object_is_a_failure_with_its_reason(room: Room) -> None:
    study = room.add("a", screening())
    room.objects.path(room.store.study(study).objects[0].sha256).unlink()
    room.service.run_once()
    row = room.store.row(study)
    assert row.screening_state is ScreeningState.FAILED
    assert row.failure is not None
    assert all(row.failure.text(language) for language in Language)


def test_one_that_takes_the_service_down_is_given_up(room: Room) -> None:
    """The process itself dies: nothing is written but that a try was begun."""
    bad = room.add("bad", KeyboardInterrupt(), priority=Priority.EMERGENCY)
    good = room.add("good", screening())
    for _ in range(MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            _until_still(room.service.run_once)
        assert room.store.row(good).screening_state in (
            ScreeningState.PENDING,
            ScreeningState.DONE,
        )
    _until_still(room.service.run_once)
    assert room.store.row(good).screening_state is ScreeningState.DONE
    row = room.store.row(bad)
    assert row.failure == message("services.screening_given_up", times=MOST_TRIES)


def _until_still(run_once: Callable[[], int]) -> None:
    while run_once():
        pass


SAME = Patient(name="某甲", local_number="77", sex=Sex.MALE, birth_date=date(1970, 5, 1))


def test_the_two_newest_recordings_of_the_same_patient_are_compared_with(room: Room) -> None:
    for name in ("first", "second", "third", "fourth"):
        room.add(name, screening(), patient=SAME)
        _until_still(room.service.run_once)
    room.add("other", screening(), patient=replace(SAME, local_number="78"))
    _until_still(room.service.run_once)
    assert room.sandbox.beside == [0, 1, 2, 2, 0]


def test_possibly_the_same_patient_is_never_compared_with(room: Room) -> None:
    room.add("here", screening(), patient=SAME)
    twin = room.add("there", screening(), patient=SAME, unit="u2")
    _until_still(room.service.run_once)
    assert room.store.study(twin).possibly_same
    assert room.sandbox.beside == [0, 0]


def test_an_earlier_one_that_cannot_be_read_is_told_and_stops_nothing(room: Room) -> None:
    room.add("first", screening(), patient=SAME)
    _until_still(room.service.run_once)
    room.sandbox.unreadable.add(b"first")
    study = room.add("second", screening(Severity.REMARK), patient=SAME)
    _until_still(room.service.run_once)
    row = room.store.row(study)
    assert row.screening_state is ScreeningState.DONE
    assert row.screening is not None
    assert row.screening.comparison is not None
    assert row.screening.comparison.state is Compared.UNREAD
    for language in Language:
        assert row.screening.comparison.text.text(language)


OWN = """\
version = "own-1"
zh = "本院"
en = "ours"

[[change]]
id = "rate.slow"
limits.rate_slowest = 40
"""


def _service(folder: Path, room: Room) -> ScreeningService:
    settings = Settings(folder=folder, screening_rules=Path("rules.toml"))
    return ScreeningService(settings, room.store, room.objects, [room.sandbox])  # type: ignore[list-item]


def test_the_rules_of_the_institution_are_handed_on(room: Room, tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text(OWN, "utf-8")
    room.service = _service(tmp_path, room)
    room.add("a", screening())
    room.service.run_once()
    assert room.sandbox.own == ["rules.toml"]


def test_nothing_is_screened_by_a_wrong_table(room: Room, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        _service(tmp_path, room)
    (tmp_path / "rules.toml").write_text(OWN.replace("= 40", '= "40"'), "utf-8")
    with pytest.raises(RuleTableError) as caught:
        _service(tmp_path, room)
    assert (caught.value.file, caught.value.line) == ("rules.toml", 7)


class ArchiveObjects:
    """Objects of which some are kept by archives, and some of those are away."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.away: set[str] = set()
        self.asked: list[str] = []

    def get(self, sha256: str) -> bytes:
        place = self._room.store.archived(sha256)
        assert place is not None
        self.asked.append(place.archive)
        if place.archive in self.away:
            raise ObjectAway(message("objects.archive_away", archive=place.archive, cause="–"))
        return self._room.objects.get(sha256)

    bring = get


def test_an_archive_that_is_away_does_not_hold_up_what_another_gives_again(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    archives = ("first", "second")
    of = {room.add(f"{n} {name}", screening()): name for n in range(2) for name in archives}
    for study, name in of.items():
        (stored,) = room.store.study(study).objects
        room.store.note_archived(Archived(stored.sha256, name, "1.1", "1.2", f"1.{study}", 9))
    objects = ArchiveObjects(room)
    objects.away = set(archives)
    kept = {"keep": "archive", "unit": "jia"}
    settings = Settings.model_validate(
        {
            "folder": tmp_path,
            "database": "postgresql://farlead@hub/farlead",
            "units": [{"code": "jia", "name": "甲县"}],
            "archives": [{"name": n, "url": f"https://{n}/dicom-web", **kept} for n in archives],
        }
    )
    service = ScreeningService(settings, room.store, objects, [room.sandbox])  # type: ignore[arg-type,list-item]
    monkeypatch.setattr(screening_service, "AGAIN_SECONDS", 0.0)
    assert service.run_once() == 4
    objects.away, objects.asked = {"first"}, []
    service = ScreeningService(settings, room.store, objects, [room.sandbox])  # type: ignore[arg-type,list-item]
    assert service.run_once() == 2
    assert objects.asked.count("first") == 1  # and not once for each of its studies
    states = {row.study.id: row.screening_state for row in room.store.worklist().rows}
    assert {of[study] for study, state in states.items() if state is ScreeningState.DONE} == {
        "second"
    }
    service.close()

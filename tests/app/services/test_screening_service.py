"""Screening: results, failures with their reason, and one bad study that blocks no other."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from farlead.errors import SandboxCrashed, SandboxTimedOut
from farlead.messages import Language, message
from farlead.model.recording import Recording
from farlead.model.screening import Quality, Screening
from farlead.model.study import Priority, ScreeningState, Severity
from farlead.model.worklist import severity
from farlead.objects import ObjectFolder
from farlead.services import ScreeningService
from farlead.services.screening import MOST_TRIES
from farlead.settings import Settings
from farlead.store import Store
from support_store import FakeClock, arrival, screening

RECORDING = Recording(np.zeros((1, 10), np.float32), ("II",), 500.0)
Answer = Screening | BaseException


class ScriptedSandbox:
    """Stands in for the confined process: what reading and screening each object comes to."""

    def __init__(self) -> None:
        self.answers: dict[bytes, Answer] = {}
        self.limits: set[float | None] = set()
        self._now = b""

    def call(self, function: str, /, *args: object, seconds: float | None = None) -> object:
        self.limits.add(seconds)
        if function == "farlead.formats:read":
            (data,) = args
            assert isinstance(data, bytes)
            self._now = data
            return RECORDING
        assert function == "farlead.analysis:screen"
        answer = self.answers[self._now]
        if isinstance(answer, BaseException):
            raise answer
        return answer


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
            self.sandbox,  # type: ignore[arg-type]
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
    unknown = Screening("test/1", Severity.NORMAL, known=False, quality=Quality.UNFIT)
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

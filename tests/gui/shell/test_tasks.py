"""Work off the GUI thread: newest wins, order kept, errors as values, faults raised."""

import threading

import pytest
from pytestqt.qtbot import QtBot

from farlead.errors import ClaimLost
from farlead.messages import message
from farlead_ui.bridge import QtScheduler
from farlead_ui.tasks import Done, InlineTasks, Outcome, PoolTasks, Refused


@pytest.fixture
def tasks(qtbot: QtBot) -> PoolTasks:
    return PoolTasks(2)


def test_only_the_newest_reading_counts(qtbot: QtBot, tasks: PoolTasks) -> None:
    gate, seen = threading.Event(), list[object]()

    def slow() -> str:
        gate.wait(5)
        return "old"

    tasks.latest("list", slow, seen.append)
    tasks.latest("list", lambda: "skipped", seen.append)
    tasks.latest("list", lambda: "new", seen.append)
    gate.set()
    assert tasks.drain(5000)
    assert seen == [Done("new")]


def test_changes_run_in_order_and_all_are_told(qtbot: QtBot, tasks: PoolTasks) -> None:
    done, told = list[int](), list[object]()
    for n in range(20):
        tasks.ordered("study:1", lambda n=n: done.append(n), told.append)
    assert tasks.drain(5000)
    assert done == list(range(20))
    assert len(told) == 20


def test_responses_come_on_the_gui_thread(qtbot: QtBot, tasks: PoolTasks) -> None:
    threads: list[int] = []
    here = threading.get_ident()

    def told(outcome: Outcome[int]) -> None:
        threads.append(threading.get_ident())
        assert isinstance(outcome, Done)
        assert outcome.value != here

    tasks.ordered("a", threading.get_ident, told)
    assert tasks.drain(5000)
    assert threads == [here]


def test_an_error_that_is_told_arrives_as_a_value(qtbot: QtBot, tasks: PoolTasks) -> None:
    told: list[object] = []

    def refused() -> None:
        raise ClaimLost(message("reading.nothing_left"))

    tasks.ordered("a", refused, told.append)
    assert tasks.drain(5000)
    assert isinstance(told[0], Refused)


def test_a_fault_of_ours_reaches_the_crash_path(qtbot: QtBot, tasks: PoolTasks) -> None:
    with qtbot.captureExceptions() as faults:
        tasks.ordered("a", lambda: 1 // 0, lambda _: None)
        tasks.ordered("a", lambda: 2, lambda _: None)
        assert tasks.drain(5000), "the channel goes on after a fault"
    assert [kind for kind, _, _ in faults] == [ZeroDivisionError]


def test_inline_finishes_one_response_before_the_next() -> None:
    tasks, order = InlineTasks(), list[str]()

    def first(_: object) -> None:
        tasks.ordered("b", lambda: None, lambda _: order.append("inner"))
        order.append("outer")

    tasks.ordered("a", lambda: None, first)
    assert order == ["outer", "inner"]


def test_timers_go_off_and_can_be_cancelled(qtbot: QtBot) -> None:
    scheduler, seen = QtScheduler(), list[str]()
    scheduler.once(0.01, lambda: seen.append("once"))
    scheduler.once(0.01, lambda: seen.append("never"))()
    stop = scheduler.every(0.01, lambda: seen.append("again"))
    qtbot.waitUntil(lambda: seen.count("again") >= 3, timeout=5000)
    stop()
    stop()
    assert seen.count("once") == 1
    assert "never" not in seen


def test_nothing_is_taken_on_after_closing(qtbot: QtBot, tasks: PoolTasks) -> None:
    told: list[object] = []
    tasks.ordered("a", lambda: 1, told.append)
    assert tasks.close(5000)
    tasks.latest("a", lambda: 2, told.append)
    assert not tasks.busy
    assert told == [Done(1)]

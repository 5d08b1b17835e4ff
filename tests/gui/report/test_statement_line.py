"""The statement line: candidates of an older text are never taken for those of the newer one."""

from collections.abc import Callable
from typing import TypeVar

from farlead_ui.tasks import InlineTasks, Outcome
from support_gui import Key, TestSeat

T = TypeVar("T")


class SlowTasks(InlineTasks):
    """Answers of the catalogue come when they are let go."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] = []

    def latest(
        self, channel: str, work: Callable[[], T], done: Callable[[Outcome[T]], None]
    ) -> None:
        if channel == "statements":
            self.held.append(lambda: super(SlowTasks, self).latest(channel, work, done))
        else:
            super().latest(channel, work, done)

    def answer(self) -> None:
        held, self.held = self.held, []
        for each in held:
            each()


def _typing(seat: TestSeat) -> SlowTasks:
    tasks = SlowTasks()
    seat.press(Key.Key_N)
    seat.seen()
    seat.station.reading.tasks = tasks
    seat.press(Key.Key_Slash)
    return tasks


def _codes(seat: TestSeat) -> list[str]:
    return [line.code for line in seat.station.reading.drafting.draft.statements]


def test_enter_before_the_candidates_adds_the_first_of_what_is_typed(seat: TestSeat) -> None:
    tasks = _typing(seat)
    seat.type("dxxl")
    seat.press(Key.Key_Return)
    assert _codes(seat) == []
    tasks.answer()
    assert _codes(seat) == ["RH101"]


def test_candidates_of_an_older_text_are_not_taken(seat: TestSeat) -> None:
    tasks = _typing(seat)
    seat.type("x")
    tasks.answer()
    assert seat.station.window.report.statements.candidates.isVisible()
    seat.type("fcd")
    seat.press(Key.Key_Return)
    assert _codes(seat) == [], "what is shown belongs to x"
    tasks.answer()
    assert _codes(seat) == [seat.desk.statements("xfcd")[0].code]


def test_enter_before_the_candidates_adds_no_free_text_unseen(seat: TestSeat) -> None:
    tasks = _typing(seat)
    seat.type("qqqq")
    seat.press(Key.Key_Return)
    tasks.answer()
    assert _codes(seat) == []
    seat.press(Key.Key_Return)
    assert _codes(seat) == [""], "now it has been seen"

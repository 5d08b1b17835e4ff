"""Each figure of a morning can fail."""

from datetime import UTC, datetime
from pathlib import Path

from farlead.model.lives import StudyState
from farlead.simulate.diary import Act, Diary, Line, read_diary
from farlead.simulate.figures import Raised, difference, percentile, unseen
from farlead.store import Balance

ENDED = 100.0
SPEED = 12.0  # 60 s of the morning are 5 s of the wall clock
CRITICAL = Raised(7, "N-7", 10.0)


def _diary(*lines: tuple[float, Act, object]) -> list[Line]:
    return [Line(at, act, str(value)) for at, act, value in lines]


def _unseen(*diaries: list[Line], opened: dict[int, float] | None = None) -> tuple[str, ...]:
    return unseen(
        [CRITICAL, Raised(8, "N-8", 10.0)], {8: 10.5} | (opened or {}), diaries, ENDED, SPEED
    )


def test_a_reader_who_sits_there_while_nobody_opens_it_counts() -> None:
    assert _unseen(_diary((0.0, Act.UP, ""))) == ("N-7",)
    assert _unseen(_diary((0.0, Act.UP, "")), opened={7: 16.0}) == ("N-7",)
    assert _unseen(_diary((0.0, Act.UP, "")), opened={7: 14.0}) == ()


def test_readers_who_are_busy_away_or_dead_are_not_free() -> None:
    busy = _diary((0.0, Act.UP, ""), (9.0, Act.TOOK, 3), (30.0, Act.SIGNED, 3), (30.1, Act.TOOK, 7))
    away = _diary(
        (0.0, Act.UP, ""), (9.0, Act.BREAK, ""), (90.0, Act.BACK, ""), (90.1, Act.DOWN, "")
    )
    assert _unseen(busy, away, opened={7: 30.4}) == ()


def test_a_reader_who_takes_something_else_meanwhile_counts() -> None:
    passing = _diary((0.0, Act.TOOK, 3), (20.0, Act.SIGNED, 3), (20.1, Act.TOOK, 4))
    assert _unseen(passing, opened={7: 30.0}) == ("N-7",)
    other_critical = _diary((0.0, Act.TOOK, 3), (20.0, Act.SIGNED, 3), (20.1, Act.TOOK, 8))
    assert _unseen(other_critical, opened={7: 30.0}) == ()


def test_what_was_raised_as_urgent_only_waits_among_the_urgent_ones_but_for_no_idle_reader() -> (
    None
):
    urgent = [Raised(7, "N-7", 10.0, critical=False)]
    passing = _diary((0.0, Act.TOOK, 3), (20.0, Act.SIGNED, 3), (20.1, Act.TOOK, 4))
    assert unseen(urgent, {7: 30.0}, [passing], ENDED, SPEED) == ()
    assert unseen(urgent, {7: 30.0}, [_diary((0.0, Act.UP, ""))], ENDED, SPEED) == ("N-7",)


def test_a_study_that_is_in_no_state_is_missing_from_the_balance() -> None:
    states = dict.fromkeys(StudyState, 0) | {StudyState.REPORTED: 5, StudyState.WAITING: 2}
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert difference(Balance(7, states, now)) == 0
    assert difference(Balance(8, states, now)) == 1
    assert difference(Balance(6, states, now)) == -1


def test_a_line_that_was_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "reader.txt"
    diary = Diary(file)
    diary.tell(Act.UP)
    diary.tell(Act.TOOK, 12)
    diary.close()
    with file.open("ab") as half:
        half.write(b"1234.5 sign")
    assert [(line.act, line.value) for line in read_diary(file)] == [(Act.UP, ""), (Act.TOOK, "12")]


def test_percentiles_of_few_values() -> None:
    assert percentile([3.0], 90) == 3.0
    assert percentile([0.0, 10.0], 90) == 9.0
    assert percentile([], 90) != percentile([], 90)

"""Small mornings with real recordings, services and stations in processes of their own."""

from dataclasses import replace
from pathlib import Path

import pytest

from farlead.analysis.rules import shipped
from farlead.analysis.rules.table import Rank
from farlead.doctor import State, examine
from farlead.errors import SettingsError
from farlead.model.lives import StudyState
from farlead.settings import load_settings
from farlead.simulate import Plan, Size, Source, Truth, make_plan, read_sources, run_morning

pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
]

#: Three seconds of arrivals.
SIZE = Size(stations=2, units=4, arrivals=12, hours=0.05, speed=60.0, seed=3)


@pytest.fixture(scope="module")
def sources(farlead_data: Path) -> tuple[Source, ...]:
    """All recordings, looked through once."""
    return read_sources(farlead_data)


def _blind() -> str:
    """The table of an institution that takes whatever is critical or urgent for a remark."""
    raised = (Rank.CRITICAL, Rank.URGENT)
    rules = [rule.asked.id for rule in shipped().rules if rule.rank in raised]
    changes = [f'[[change]]\nid = "{rule}"\nseverity = "remark"\n' for rule in rules]
    return "\n".join(['version = "blind-1"\nzh = "看不见"\nen = "Blind"\n', *changes])


def test_a_morning_ends_with_all_that_arrived_read_or_set_aside(
    farlead_data: Path, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    drawn = make_plan(SIZE, sources)
    first, second = drawn.shifts
    comings = (replace(drawn.comings[0], broken=True), *drawn.comings[1:-1])
    again = replace(drawn.comings[-1], again=drawn.comings[-1].at + 1)
    dying = replace(second, dies=90.0, break_from=None)
    plan = Plan(SIZE, (*comings, again), (replace(first, break_from=30.0), dying))
    found = run_morning(plan, farlead_data, tmp_path / "hub", finish=9000.0)
    assert (found.balance, found.lost, found.doubled) == (0, 0, 0)
    finished = (StudyState.REPORTED, StudyState.RETAKE_REQUESTED, StudyState.QUARANTINED)
    assert sum(found.states.get(state, 0) for state in finished) == SIZE.arrivals
    assert found.states[StudyState.QUARANTINED] == 1
    assert (found.work["killed"], found.work["sent_again"], found.work["breaks"]) == (1, 1, 1)
    checks = examine(load_settings(tmp_path / "hub"))
    assert not [each for each in checks if each.state is State.BAD]


def test_what_screening_is_blind_to_is_missed_and_what_no_reader_takes_is_unseen(
    farlead_data: Path, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    drawn = make_plan(replace(SIZE, stations=1), sources)
    vf, vt = (next(s for s in sources if s.truth is kind) for kind in (Truth.VF, Truth.VT))
    planted = tuple(
        replace(coming, source=source, patient=coming.number, broken=False, again=None)
        for coming, source in zip(drawn.comings[:2], (vf, vt), strict=True)
    )
    (tmp_path / "blind.toml").write_text(_blind(), "utf-8")
    plan = Plan(drawn.size, planted, drawn.shifts)
    found = run_morning(
        plan, farlead_data, tmp_path / "hub", rules=tmp_path / "blind.toml", looks=False,
        finish=300.0,
    )  # fmt: skip
    assert found.missed == (vt.name,)  # fibrillation stays critical as what cannot be judged
    assert len(found.unseen) == 1
    assert found.balance == 0
    assert found.states == {"waiting": 2}
    assert not found.whole


def test_no_simulated_study_enters_a_folder_that_is_in_use(
    farlead_data: Path, sources: tuple[Source, ...], tmp_path: Path
) -> None:
    (tmp_path / "farlead.db").touch()
    plan = make_plan(SIZE, sources)
    with pytest.raises(SettingsError, match="not empty"):
        run_morning(plan, farlead_data, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["farlead.db"]

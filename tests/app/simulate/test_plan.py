"""What a seed draws, and which recordings it draws from."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from farlead.cli import app
from farlead.errors import SettingsError
from farlead.simulate import Size, Source, Truth, make_plan, read_sources

SIZE = Size(stations=8, units=30, arrivals=600, hours=1.0)
SOURCES = (
    *(Source(Truth.ORDINARY, "ludb", str(number)) for number in range(1, 40)),
    *(Source(Truth.ORDINARY, "mitdb", "100", at, at + 3600, fs=360.0) for at in (0, 7200)),
    *(Source(truth, "mitdb", truth, 0, 3600, fs=360.0) for truth in Truth if truth.critical),
)


def test_the_same_seed_gives_the_same_morning_and_another_one_another() -> None:
    assert make_plan(SIZE, SOURCES) == make_plan(SIZE, SOURCES)
    other = Size(stations=8, units=30, arrivals=600, hours=1.0, seed=2)
    assert make_plan(other, SOURCES).comings != make_plan(SIZE, SOURCES).comings


def test_one_in_a_hundred_is_critical_by_its_label_and_the_kinds_come_by_turns() -> None:
    planted = make_plan(SIZE, SOURCES).planted
    assert len(planted) == 6
    assert {each.source.truth for each in planted} == {t for t in Truth if t.critical}
    assert not any(each.broken for each in planted)


def test_arrivals_lie_within_the_morning_and_patients_come_again_at_their_own_unit() -> None:
    comings = make_plan(SIZE, SOURCES).comings
    times = [each.at for each in comings]
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] <= SIZE.seconds
    first = {each.number: each for each in comings}
    again = [each for each in comings if each.patient != each.number]
    assert again
    assert all(each.unit == first[each.patient].unit for each in again)


def test_some_stations_are_killed_and_some_readers_take_a_break() -> None:
    shifts = make_plan(SIZE, SOURCES).shifts
    assert len({shift.login for shift in shifts}) == 8
    assert sum(shift.dies is not None for shift in shifts) == 2
    assert any(shift.break_from is not None for shift in shifts)


def test_without_recordings_it_is_said_what_to_set_and_where_they_are(tmp_path: Path) -> None:
    (tmp_path / "ludb").mkdir()
    with pytest.raises(SettingsError) as refused:
        read_sources(tmp_path)
    assert "ludb, mitdb" in str(refused.value)
    words = ["simulate", "--data", str(tmp_path), "--language", "en"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 1
    assert "FARLEAD_DATA" in done.output
    assert "physionet.org" in done.output


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # wfdb and pandas
@pytest.mark.data
def test_recordings_are_critical_by_what_experts_marked_alone(farlead_data: Path) -> None:
    found = {each.name: each.truth for each in read_sources(farlead_data)}
    assert found["ludb 24"] is Truth.STEMI  # which screening calls a remark
    assert found["mitdb 207 1550 s"] is Truth.VF
    assert found["mitdb 223 600 s"] is Truth.VT
    assert found["mitdb 231 100 s"] is Truth.BLOCK  # at 35 a minute by the reference beats
    assert found["ludb 104"] is Truth.ORDINARY  # third-degree block, and a pacemaker
    assert "mitdb 207 50 s" not in found  # flutter in part: neither critical nor ordinary

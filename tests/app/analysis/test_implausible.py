"""What shows beats and is yet no ECG as it should be: gain, hum, names, electrodes, stillness."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from farlead.analysis import screen
from farlead.messages import Language
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Quality, Screening
from farlead.model.study import Severity
from farlead_signal.leads import STANDARD

pytestmark = pytest.mark.data

Samples = NDArray[np.floating]
TIME = np.arange(5000) / 500


@pytest.fixture(scope="module")
def normal(farlead_data: Path) -> Samples:
    return _record(farlead_data, 5)


def _record(folder: Path, number: int) -> Samples:
    raw: Samples = np.fromfile(folder / "ludb" / f"{number}.dat", "<i2").reshape(-1, 12).T / 1000
    return raw


def _screened(samples: Samples, leads: tuple[str, ...] = STANDARD) -> Screening:
    return screen(Recording(np.asarray(samples, np.float32), leads, 500.0))


def _codes(found: Screening) -> set[str]:
    return {flag.code for flag in found.flags}


def _rows(rows: slice | list[int], change: Callable[[Samples], Samples | float]) -> Callable:
    def changed(samples: Samples) -> Samples:
        made = samples.copy()
        made[rows] = change(made[rows])
        return made

    return changed


def _still(value: float | None) -> Callable[[Samples], Samples]:
    def changed(samples: Samples) -> Samples:
        made = samples.copy()
        made[:, 2000:3000] = made[:, 2000:2001] if value is None else value
        return made

    return changed


def _hum(size: float) -> Callable[[Samples], Samples]:
    return lambda s: s + size * np.sin(2 * np.pi * 50 * TIME)


CASES: dict[str, tuple[Callable[[Samples], Samples], str]] = {
    "gain 20": (lambda s: s / 20, "unknown.scale"),
    "gain 100": (lambda s: s / 100, "unknown.scale"),
    "gain 200": (lambda s: s / 200, "unknown.waves"),
    "hum 0.2": (_hum(0.2), "unknown.mains"),
    "hum 0.5": (_hum(0.5), "unknown.mains"),
    "hum 1": (_hum(1.0), "unknown.mains"),
    "III inverted": (_rows([2], lambda s: -s), "unknown.contradiction"),
    "one lead for all": (lambda s: np.tile(s[1], (12, 1)), "unknown.contradiction"),
    "zeros": (_still(0.0), "unknown.held"),
    "held": (_still(None), "unknown.held"),
    "right chest dead": (_rows([6, 7, 8], lambda s: 0 * s), "unknown.leads"),
    "three chest leads": (_rows([7, 8, 9], lambda s: 0 * s), "unknown.leads"),
    "one limb lead": (_rows(slice(0, 5), lambda s: 0 * s), "unknown.leads"),
    "two seconds": (lambda s: s[:, :1000], "unknown.short"),
}


@pytest.mark.parametrize("name", list(CASES))
def test_what_is_not_as_it_should_be_is_told(normal: Samples, name: str) -> None:
    change, code = CASES[name]
    found = _screened(change(normal))
    assert code in _codes(found)
    assert not found.known
    assert found.quality is Quality.RETAKE
    assert found.severity >= Severity.URGENT
    assert found.verdict is not None
    assert all(found.verdict.text(language) for language in Language)


@pytest.mark.parametrize("double", [{1: "I"}, {7: "V1"}, {4: "avr"}])
def test_a_lead_that_is_there_twice_is_none(normal: Samples, double: dict[int, str]) -> None:
    names = tuple(double.get(row, name) for row, name in enumerate(STANDARD))
    found = _screened(normal, names)
    assert "unknown.names" in _codes(found)
    assert found.quality is Quality.RETAKE


def test_untouched_it_is_normal(normal: Samples) -> None:
    found = _screened(normal)
    assert (found.known, found.severity, found.quality) == (True, Severity.NORMAL, Quality.FIT)


def test_recordings_as_they_were_made_are_not_accused(farlead_data: Path) -> None:
    mine = {code for _, code in CASES.values()} | {"unknown.names", "unknown.muscle"}
    for number in range(1, 140, 6):
        assert not _codes(_screened(_record(farlead_data, number))) & mine, number


@pytest.mark.parametrize("size", [0.2, 0.5, 1.0])
def test_nothing_measured_under_hum_is_good(normal: Samples, size: float) -> None:
    found = _screened(_hum(size)(normal))
    for made in found.measurements:
        if made.source != "beats":
            assert made.quality is not Certainty.GOOD, made


def test_where_all_leads_stand_still_is_shown_and_the_rate_in_doubt(normal: Samples) -> None:
    found = _screened(_still(0.0)(normal))
    (flag,) = (flag for flag in found.flags if flag.code == "unknown.held")
    assert [(span.start, span.stop) for span in flag.spans] == [(2000, 3000)]
    rate = next(made for made in found.measurements if made.name == "heart_rate")
    assert rate.quality is Certainty.DOUBTFUL


@pytest.mark.parametrize(("begin", "seconds"), [(1003, 0.52), (0, 0.6), (4700, 0.6), (2311, 0.3)])
def test_half_a_second_of_stillness_is_found_wherever_it_is(
    normal: Samples, begin: int, seconds: float
) -> None:
    samples = normal.copy()
    samples[:, begin : begin + round(500 * seconds)] = normal[:, begin : begin + 1]
    assert ("unknown.held" in _codes(_screened(samples))) == (seconds > 0.5)


def _strips() -> Iterator[tuple[int, ...]]:
    yield from ((0,), (1, 6), (0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4, 5, 6))


@pytest.mark.parametrize("rows", list(_strips()))
def test_a_strip_of_few_leads_is_known_and_says_what_it_lacks(
    normal: Samples, rows: tuple[int, ...]
) -> None:
    found = _screened(normal[list(rows)], tuple(STANDARD[row] for row in rows))
    assert found.known
    assert found.severity is Severity.REMARK
    (flag,) = (flag for flag in found.flags if flag.code == "lead.absent")
    assert flag.text.id == "analysis.lead.rhythm_only"


@pytest.mark.parametrize("part", [20, 50, 100])
def test_nothing_is_said_of_voltages_on_a_doubtful_scale(normal: Samples, part: int) -> None:
    for samples in (normal / part, normal * part):
        told = _codes(_screened(samples))
        assert "unknown.scale" in told
        assert not {c for c in told if c.startswith(("voltage", "st.", "ischaemia", "brugada"))}


#: LUDB records tuned on, in which atrial fibrillation is claimed.
FIBRILLATING = (45, 51, 93, 95, 101, 109, 111, 129)


def test_in_fibrillation_no_p_wave_is_measured(farlead_data: Path) -> None:
    for number in FIBRILLATING:
        found = _screened(_record(farlead_data, number))
        assert "af" in _codes(found), number
        figures = {made.name: made for made in found.measurements}
        for name in ("p_duration", "pr", "axis_p"):
            assert (figures[name].value, figures[name].reason) == (None, "fibrillating"), number

"""Patterns of ischaemia and infarction, on synthetic beats on either side of each limit."""

from dataclasses import replace

import numpy as np
import pytest

from calibration_ecg import LEADS, NORMAL, PACED, Shape, make, steady
from farlead.analysis import screen
from farlead.analysis.measure import measure
from farlead.model.people import Patient, Sex
from farlead.model.recording import Recording
from farlead.model.screening import Quality
from farlead.model.study import Severity
from farlead_signal.amplitudes import measure_leads
from support_morphology import (
    FS,
    LBBB,
    STRAIN,
    anterior,
    de_winter,
    early,
    evolving,
    found,
    inferior,
    made,
    posterior,
    recorded,
    recording,
    sizes,
    st,
    wellens,
)

ISCHAEMIA = ("ischaemia.", "infarction.")
HYPERACUTE = replace(NORMAL, t=sizes(NORMAL.t, V2=1.9, V3=1.9, V4=1.2), t_time=0.22)
TALL = replace(NORMAL, t=sizes(NORMAL.t, V2=1.0, V3=1.0, V4=0.9))
LOW_MAIN = st(I=-0.14, II=-0.18, V2=-0.12, V3=-0.18, V4=-0.2, V5=-0.2, V6=-0.16)
Q_WAVES = replace(NORMAL, q=sizes(II=-0.35), qrs_times=(0.040, 0.042, 0.030, 0.0))


@pytest.mark.parametrize(
    ("code", "shape", "short"),
    [
        ("ischaemia.stemi", anterior(0.25), anterior(0.05)),
        ("ischaemia.stemi", inferior(0.20), inferior(0.03)),
        ("ischaemia.right_ventricular", inferior(0.20, 0.12), inferior(0.20, 0.0)),
        ("ischaemia.posterior", posterior(0.15), posterior(0.03)),
        ("ischaemia.de_winter", de_winter(0.20), de_winter(0.05)),
        ("ischaemia.de_winter", de_winter(0.20), de_winter(0.20, t=0.2)),
        ("ischaemia.wellens", wellens(0.40), wellens(0.10)),
        ("ischaemia.hyperacute_t", HYPERACUTE, TALL),
        ("ischaemia.left_main", LOW_MAIN, st(V5=-0.1, V6=-0.1)),
        ("infarction.evolving", evolving(0.10, 0.20), evolving(0.0, -0.3)),
        ("infarction.q", Q_WAVES, NORMAL),
    ],
)
def test_a_pattern_on_either_side_of_its_limit(code: str, shape: Shape, short: Shape) -> None:
    there = found(shape)
    assert code in there, sorted(there)
    assert code not in found(short)
    assert there[code].leads
    assert there[code].beats
    assert there[code].values


def test_the_normal_beat_has_none_of_it() -> None:
    assert not [code for code in found(NORMAL) if code.startswith(ISCHAEMIA)]


def test_elevation_names_the_mirror() -> None:
    one = found(anterior(0.25))["ischaemia.stemi"]
    assert {"V2", "V3", "V4"} <= set(one.leads)
    assert set(one.leads) & {"II", "III", "aVF"}
    assert one.values["st"] == pytest.approx(0.25, abs=0.03)
    assert one.values["reciprocal"] <= -0.05
    assert one.certain


def test_elevation_without_any_other_sign_is_elevation_only() -> None:
    codes = found(st(V4=0.15, V5=0.15, V6=0.15))
    assert "ischaemia.stemi" not in codes
    assert "ischaemia.st_elevation" in codes
    assert not codes["ischaemia.st_elevation"].certain


def test_a_height_that_little_else_reaches_needs_no_other_sign() -> None:
    assert "ischaemia.stemi" in found(st(V4=0.5, V5=0.5, V6=0.3))


def test_elevation_that_is_gone_at_once_was_still_qrs() -> None:
    """A late QRS offset is no ST: what falls to the line within 60 ms does not count."""
    tail = replace(NORMAL, qrs_times=(0.020, 0.042, 0.030, 0.030), r2=sizes(V4=0.12, V5=0.12))
    assert not [code for code in found(tail) if code.startswith("ischaemia.st")]


def test_early_repolarisation_takes_certainty_and_hides_nothing() -> None:
    only = found(early(0.15))
    assert "repolarisation.early" in only
    assert "ischaemia.stemi" not in only
    assert "ischaemia.st_elevation" in only
    low = replace(early(0.25), st=sizes(V4=0.25, V5=0.25, V6=0.25, II=-0.12))
    both = found(replace(low, st_end=sizes(V4=0.25, V5=0.25, V6=0.25, II=-0.12)))
    assert "ischaemia.stemi" in both


@pytest.mark.parametrize(
    ("shape", "speaks"),
    [
        (LBBB, False),
        (st(LBBB, I=0.15, V1=0.12, V2=0.2, V3=0.18, V5=0.2, V6=0.2), True),
        (st(LBBB, V1=-0.1, V2=-0.15, V3=-0.15), True),
        (st(LBBB, V1=0.3, V2=1.0, V3=1.0), True),
        (st(LBBB, V1=0.15, V2=0.25, V3=0.25), False),
    ],
    ids=["secondary", "with QRS", "V1 to V3 down", "too much", "in proportion"],
)
def test_left_bundle_branch_block_has_criteria_of_its_own(shape: Shape, speaks: bool) -> None:
    codes = set(found(shape))
    assert "conduction.lbbb" in codes
    assert ("ischaemia.sgarbossa" in codes) is speaks
    assert {code for code in codes if code.startswith(ISCHAEMIA)} <= {"ischaemia.sgarbossa"}


def paced(shape: Shape) -> Recording:
    return recorded(make(steady(70, 10, shape), FS, 10, noise=0.004).signal)


def test_paced_beats_cry_only_by_criteria_of_their_own() -> None:
    codes = set(found(paced(PACED)))
    assert not [code for code in codes if code.startswith(ISCHAEMIA)]
    loud = replace(PACED, st=sizes(V1=0.1, V2=0.6, V3=0.6, V4=0.5))
    codes = set(found(paced(loud)))
    assert {code for code in codes if code.startswith(ISCHAEMIA)} == {"ischaemia.sgarbossa"}
    assert "ischaemia.sgarbossa" not in set(found(paced(replace(PACED, st=sizes(V3=0.6)))))


def test_strain_is_no_ischaemia_and_hides_only_itself() -> None:
    codes = found(STRAIN)
    assert "chambers.lvh" in codes
    assert {"I", "V5", "V6"} <= set(codes["chambers.lvh"].leads)
    assert not set(codes) & {"ischaemia.stemi", "ischaemia.left_main", "ischaemia.wellens"}
    wide = replace(STRAIN, st=sizes(STRAIN.st, V2=-0.15, V3=-0.15, V4=-0.15))
    assert "chambers.lvh" not in found(wide)
    low = replace(STRAIN, r=NORMAL.r, s=NORMAL.s)
    assert "chambers.lvh" not in found(low)


def further(lead: str, level: float) -> Recording:
    """Twelve leads with V7 to V9 or V3R and V4R that show this elevation."""
    base = made(inferior(0.2) if lead == "V4R" else NORMAL)
    shift = made(st(V5=level)).signal[LEADS.index("V5")]
    names = ("V7", "V8", "V9") if lead == "V7" else ("V3R", "V4R")
    signal = np.vstack([base.signal, *([shift] * len(names))])
    return Recording(signal, (*LEADS, *names), FS, patient=Patient(sex=Sex.MALE, age_years=55.0))


@pytest.mark.parametrize(
    ("lead", "code"), [("V7", "ischaemia.posterior"), ("V4R", "ischaemia.right_ventricular")]
)
def test_further_leads_are_looked_at_where_they_are(lead: str, code: str) -> None:
    assert lead in found(further(lead, 0.08))[code].leads
    assert code not in found(further(lead, 0.0))


@pytest.mark.parametrize(
    "missing", [("V1",), ("V2", "V3"), ("aVR",), ("III", "aVF"), ("V1", "V2", "V3", "V4")]
)
@pytest.mark.parametrize("shape", [anterior(0.25), inferior(0.2), LBBB], ids=["a", "i", "l"])
def test_missing_leads_are_answered_without_error(missing: tuple[str, ...], shape: Shape) -> None:
    rows = [i for i, lead in enumerate(LEADS) if lead not in missing]
    signal = made(shape).signal[rows]
    codes = found(Recording(signal, tuple(LEADS[i] for i in rows), FS))
    for one in codes.values():
        assert not set(one.leads) & (set(missing) - {"III", "aVR", "aVF"})  # these are reckoned


@pytest.mark.parametrize("level", [0.06, 0.08, 0.10, 0.12, 0.14])
def test_noise_takes_the_certainty(level: float) -> None:
    """What rests on a doubtful lead is shown, and never certain."""
    quiet, loud = (found(recorded(made(anterior(0.25), noise=n).signal)) for n in (0.004, level))
    assert quiet["ischaemia.stemi"].certain
    assert "ischaemia.stemi" in loud
    assert not any(one.certain for code, one in loud.items() if code.startswith("ischaemia."))


@pytest.mark.parametrize("level", [0.16, 0.20, 0.30])
def test_where_noise_hides_an_infarction_the_ecg_is_asked_for_again(level: float) -> None:
    screening = screen(recorded(made(anterior(0.25), noise=level).signal))
    assert screening.quality is Quality.RETAKE
    assert screening.severity >= Severity.URGENT


def test_j_lies_where_the_steep_end_of_a_leads_qrs_is_over() -> None:
    beat = measure(recording(st(NORMAL, V2=0.15, V3=0.15))).representative
    assert beat is not None
    overall = beat.fiducials.overall
    assert overall is not None
    early = replace(beat.fiducials, overall=replace(overall, qrs_off=overall.qrs_off - 5))
    for points in (beat.fiducials, early):
        leads = measure_leads(replace(beat, fiducials=points), LEADS, FS)
        found = {one.lead: one.j or 0.0 for one in leads}
        assert found["V2"] == pytest.approx(0.15, abs=0.03)
        assert found["V6"] == pytest.approx(0.0, abs=0.03)


def test_slight_high_lateral_elevation_needs_its_mirror() -> None:
    there = found(st(I=0.08, II=-0.02))
    assert {"I", "aVL", "III", "aVF"} <= set(there["ischaemia.stemi"].leads)
    assert not there["ischaemia.stemi"].certain
    assert "ischaemia.stemi" not in found(st(I=0.08, II=0.08))
    assert "ischaemia.stemi" not in found(st(I=0.03, II=-0.02))

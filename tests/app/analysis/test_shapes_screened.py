"""What the beat's shape makes of a recording's rank; synthetic recordings throughout."""

from dataclasses import replace

import numpy as np
import pytest

from calibration_ecg import LEADS, NORMAL, PACED, Shape, make, steady
from farlead.analysis import measure as measuring
from farlead.analysis import screen
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.model.screening import QtFormula
from farlead.model.study import Severity
from support_morphology import (
    FS,
    LBBB,
    RBBB,
    STRAIN,
    anterior,
    brugada,
    de_winter,
    evolving,
    hyperkalaemia,
    inferior,
    made,
    posterior,
    recorded,
    recording,
    st,
    wellens,
)


def codes(ecg: Recording, severity: Severity) -> set[str]:
    return {flag.code for flag in screen(ecg).flags if flag.severity is severity}


@pytest.mark.parametrize(
    ("rule", "shape", "severity"),
    [
        ("ischaemia.stemi", anterior(0.30), Severity.CRITICAL),
        ("ischaemia.stemi", inferior(0.20), Severity.CRITICAL),
        ("ischaemia.right_ventricular", inferior(0.20, 0.12), Severity.CRITICAL),
        ("ischaemia.posterior", posterior(0.15), Severity.CRITICAL),
        ("ischaemia.de_winter", de_winter(0.20), Severity.CRITICAL),
        ("ischaemia.sgarbossa", st(LBBB, V1=-0.1, V2=-0.15, V3=-0.15), Severity.CRITICAL),
        ("electrolytes.hyperkalaemia", hyperkalaemia(0.150, 1.0, 1.2), Severity.CRITICAL),
        ("ischaemia.wellens", wellens(0.40), Severity.URGENT),
        ("infarction.evolving", evolving(0.10, 0.20), Severity.URGENT),
        ("brugada.1", brugada(0.30, -0.2, -0.2), Severity.URGENT),
        ("conduction.lbbb", LBBB, Severity.REMARK),
        ("conduction.rbbb", RBBB, Severity.REMARK),
    ],
)
def test_a_pattern_is_ranked_by_its_rule(rule: str, shape: Shape, severity: Severity) -> None:
    found = screen(recording(shape))
    flag = next((each for each in found.flags if each.code == rule), None)
    assert flag is not None, [each.code for each in found.flags]
    assert flag.severity is severity
    assert found.severity >= severity
    assert flag.leads


@pytest.mark.parametrize("shape", [NORMAL, LBBB, STRAIN, RBBB], ids=["n", "lbbb", "strain", "rbbb"])
def test_what_has_another_explanation_is_not_critical(shape: Shape) -> None:
    assert not codes(recording(shape), Severity.CRITICAL)


@pytest.mark.parametrize(
    ("sex", "age", "level", "rule"),
    [
        (Sex.MALE, 55.0, 0.22, "ischaemia.stemi"),
        (Sex.MALE, 55.0, 0.17, "ischaemia.stemi.low"),
        (Sex.MALE, 30.0, 0.27, "ischaemia.stemi"),
        (Sex.MALE, 30.0, 0.22, "ischaemia.stemi.low"),
        (Sex.FEMALE, 55.0, 0.17, "ischaemia.stemi"),
        (Sex.UNKNOWN, 55.0, 0.17, "ischaemia.stemi"),
    ],
)
def test_elevation_is_held_against_the_patients_own_limit(
    sex: Sex, age: float, level: float, rule: str
) -> None:
    """In V2 and V3 alone: the limits of the other leads are the same for everybody."""
    shape = st(V2=level, V3=level, II=-0.08)
    found = {flag.code for flag in screen(recording(shape, sex, age)).flags}
    both = {"ischaemia.stemi", "ischaemia.stemi.low"}
    assert found & both == {rule}


def swapped(one: str, other: str, shape: Shape) -> Recording:
    """Two electrodes exchanged: the leads as such a recording shows them."""
    rows = dict(zip(LEADS, made(shape).signal, strict=True))
    if (one, other) == ("LA", "RA"):
        rows |= {"I": -rows["I"], "II": rows["III"], "III": rows["II"]}
        rows |= {"aVR": rows["aVL"], "aVL": rows["aVR"]}
    else:
        rows |= {one: rows[other], other: rows[one]}
    return recorded(np.stack([rows[lead] for lead in LEADS]))


@pytest.mark.parametrize("shape", [NORMAL, anterior(0.3), RBBB], ids=["normal", "stemi", "rbbb"])
@pytest.mark.parametrize("pair", [("LA", "RA"), ("V1", "V2"), ("V2", "V5")])
def test_exchanged_electrodes_are_never_normal(pair: tuple[str, str], shape: Shape) -> None:
    assert screen(swapped(*pair, shape)).severity > Severity.NORMAL


def test_paced_beats_are_never_normal() -> None:
    ecg = recorded(make(steady(70, 10, PACED), FS, 10, noise=0.004).signal)
    found = screen(ecg)
    assert found.severity > Severity.NORMAL
    assert not codes(ecg, Severity.CRITICAL)


@pytest.mark.parametrize("missing", ["V1", "V2", "V3", "V4", "V5", "V6"])
def test_a_missing_lead_is_never_normal(missing: str) -> None:
    rows = [i for i, lead in enumerate(LEADS) if lead != missing]
    signal = made(NORMAL).signal[rows]
    found = screen(Recording(signal, tuple(LEADS[i] for i in rows), FS))
    assert found.severity > Severity.NORMAL
    assert any(missing in flag.leads for flag in found.flags)


def test_a_fault_of_ours_stands_with_urgent(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("broken")

    monkeypatch.setattr(measuring, "morphology", broken)
    found = screen(recording(NORMAL))
    assert not found.known
    assert found.severity >= Severity.URGENT


def test_rates_do_not_make_infarctions() -> None:
    for rate in (45.0, 100.0, 125.0):
        fast = replace(NORMAL, qt=0.400 if rate < 60 else 0.340 if rate < 110 else 0.300)
        assert not codes(recording(fast, rate=rate), Severity.CRITICAL), rate


def test_qtc_rules_ask_the_formula_of_the_settings() -> None:
    ecg = recording(replace(NORMAL, qt=0.450, t_time=0.20), rate=92.0)
    by = {formula: screen(ecg, formula=formula) for formula in QtFormula}
    for formula, found in by.items():
        shown = found.measurement("qtc")
        assert shown is not None
        assert shown.formula is formula
        said = {value.value for flag in found.flags for value in flag.values
                if value.measure == "qtc"}  # fmt: skip
        assert said == {round(shown.value or 0)}
    codes_by = {formula: {flag.code for flag in found.flags} for formula, found in by.items()}
    assert "qtc.critical" in codes_by[QtFormula.BAZETT]
    assert "qtc.critical" not in codes_by[QtFormula.FRIDERICIA]

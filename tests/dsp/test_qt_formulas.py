"""QTc by its four formulas."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farlead_signal.qt import QtFormula, qtc

# QT, RR, Fridericia, Bazett, Framingham, Hodges: worked by hand from the formulas.
WORKED = [
    (400.0, 1000.0, 400.0, 400.0, 400.0, 400.0),
    (400.0, 640.0, 464.16, 500.0, 455.44, 459.06),
    (360.0, 729.0, 400.0, 421.64, 401.73, 399.03),
    (440.0, 1210.0, 412.91, 400.0, 407.66, 421.78),
    (320.0, 512.0, 400.0, 447.21, 395.15, 420.08),
]


@pytest.mark.parametrize(("qt", "rr", "fridericia", "bazett", "framingham", "hodges"), WORKED)
def test_worked_examples(
    qt: float, rr: float, fridericia: float, bazett: float, framingham: float, hodges: float
) -> None:
    assert qtc(qt, rr, QtFormula.FRIDERICIA) == pytest.approx(fridericia, abs=0.01)
    assert qtc(qt, rr, QtFormula.BAZETT) == pytest.approx(bazett, abs=0.01)
    assert qtc(qt, rr, QtFormula.FRAMINGHAM) == pytest.approx(framingham, abs=0.01)
    assert qtc(qt, rr, QtFormula.HODGES) == pytest.approx(hodges, abs=0.01)


def test_fridericia_is_the_first_and_the_usual_one() -> None:
    assert next(iter(QtFormula)) is QtFormula.FRIDERICIA
    assert qtc(400, 700) == qtc(400, 700, QtFormula.FRIDERICIA)


@given(qt=st.floats(200, 700))
def test_at_sixty_all_formulas_leave_qt_as_it_is(qt: float) -> None:
    for formula in QtFormula:
        assert qtc(qt, 1000, formula) == pytest.approx(qt)


@given(qt=st.floats(200, 700), rr=st.floats(300, 999))
def test_above_sixty_qtc_is_longer_and_bazett_beyond_fridericia(qt: float, rr: float) -> None:
    assert qt < qtc(qt, rr, QtFormula.FRIDERICIA) < qtc(qt, rr, QtFormula.BAZETT)
    assert qtc(qt, rr, QtFormula.FRAMINGHAM) > qt
    assert qtc(qt, rr, QtFormula.HODGES) > qt


@pytest.mark.parametrize(("qt", "rr"), [(0, 800), (400, 0), (-1, 800), (float("nan"), 800)])
def test_what_is_no_interval_is_refused(qt: float, rr: float) -> None:
    with pytest.raises(ValueError, match="no intervals"):
        qtc(qt, rr)

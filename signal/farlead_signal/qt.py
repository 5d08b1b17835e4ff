"""QT corrected for the heart rate."""

import math
from enum import StrEnum


class QtFormula(StrEnum):
    """Formula of the corrected QT interval, QT and QTc in ms, RR in s, rate in beats a minute.

    References
    ----------
    FRIDERICIA : QT / RR^(1/3).
        L. S. Fridericia, Acta Med Scand 53 (1920) 469-486, doi:10.1111/j.0954-6820.1920.tb18266.x.
    BAZETT : QT / RR^(1/2).
        H. C. Bazett, Heart 7 (1920) 353-370; reprinted Ann Noninvasive Electrocardiol 2 (1997)
        177-194, doi:10.1111/j.1542-474X.1997.tb00325.x.
    FRAMINGHAM : QT + 154 (1 - RR).
        A. Sagie et al., Am J Cardiol 70 (1992) 797-801, doi:10.1016/0002-9149(92)90562-D.
    HODGES : QT + 1.75 (rate - 60).
        M. Hodges et al., J Am Coll Cardiol 1 (1983) 694 (abstract, without DOI).
    """

    FRIDERICIA = "fridericia"
    BAZETT = "bazett"
    FRAMINGHAM = "framingham"
    HODGES = "hodges"


def qtc(qt_ms: float, rr_ms: float, formula: QtFormula = QtFormula.FRIDERICIA) -> float:
    """Corrected QT interval, in milliseconds.

    Parameters
    ----------
    qt_ms, rr_ms : float
        QT and RR intervals in milliseconds, above 0.
    formula : QtFormula

    Raises
    ------
    ValueError
        For an interval that is not a positive number.

    Examples
    --------
    >>> round(qtc(400, 640, QtFormula.BAZETT))
    500
    """
    if not (math.isfinite(qt_ms) and math.isfinite(rr_ms) and qt_ms > 0 and rr_ms > 0):
        raise ValueError(f"QT {qt_ms} ms and RR {rr_ms} ms are no intervals")
    rr = rr_ms / 1000.0
    if formula is QtFormula.BAZETT:
        return float(qt_ms / math.sqrt(rr))
    if formula is QtFormula.FRAMINGHAM:
        return qt_ms + 154.0 * (1.0 - rr)
    if formula is QtFormula.HODGES:
        return qt_ms + 1.75 * (60.0 / rr - 60.0)
    return float(qt_ms / rr ** (1.0 / 3.0))

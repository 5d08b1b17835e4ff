"""ST and T for other reasons than ischaemia.

Early repolarisation, pericarditis, Brugada, hyperkalaemia.

References
----------
P. W. Macfarlane et al., "The early repolarization pattern: a consensus paper", J Am Coll Cardiol 66
(2015) 470-477, doi:10.1016/j.jacc.2015.05.033. A. Bayés de Luna et al., "Current
electrocardiographic criteria for diagnosis of Brugada pattern: a consensus report",
J Electrocardiol 45 (2012) 433-442, doi:10.1016/j.jelectrocard.2012.06.004. P. M. Rautaharju et al.,
part IV: ST segment, T and U waves, QT interval, Circulation 119 (2009) e241-e250,
doi:10.1161/CIRCULATIONAHA.108.191096.
"""

import numpy as np

from farlead_signal.beat_sheet import CHEST, FRONTAL, BeatSheet, in_a_row, named
from farlead_signal.findings import Finding

#: Early repolarisation: the notch or slur at the end of QRS is as high as this in mV, R taller than
#: this, T no lower than this share of R, QRS narrower than this in ms.
NOTCH, R_TALL, T_OF_R, NARROW = 0.10, 0.50, 0.15, 120.0
#: Pericarditis: raised leads, and no lead but aVR and V1 below this in mV.
WIDESPREAD, NOT_DEPRESSED = 6, -0.05
#: ST of an elevation that is concave lies below the line from J to T's peak by this, in mV.
CONCAVE = 0.02
#: Brugada: high take-off at J in mV, type 1 falls from J to 80 ms after it by FALL in mV; type 2
#: stays up by LOW at its lowest, with an upright T wave.
TAKE_OFF, FALL, LOW, UPRIGHT = 0.20, 0.05, 0.05, 0.05
#: The T wave of a saddle is looked for so long after J, in seconds.
AFTER_TAKE_OFF = 0.040
#: Hyperkalaemia: T wave in mV in the chest and the limb leads, its width at half of its height in
#: ms, its share of the QRS complex; QRS in ms; P wave no higher than this in mV.
PEAKED, PEAKED_LIMB, POINTED, OF_QRS, WIDE, FLAT_P = 0.80, 0.50, 110.0, 0.50, 120.0, 0.05
#: QRS so wide, in ms, with T as tall as this share of it and no P wave, is nearly a sine wave.
VERY_WIDE, SINE = 160.0, 0.40
_BRANCHES = frozenset({"conduction.rbbb", "conduction.lbbb", "conduction.preexcitation"})


def early_repolarisation(sheet: BeatSheet) -> Finding | None:
    """Notch or slur at the end of QRS in two neighbouring inferior or lateral leads.

    ST rises from there without a break into an upright T wave.
    """
    if sheet.codes & _BRANCHES or (sheet.qrs or 0.0) >= NARROW:
        return None
    leads = (*FRONTAL, "V4", "V5", "V6")
    found = in_a_row(lead for lead in leads if _early(sheet, lead))
    if not found or any(
        sheet.at_most(lead, "j", NOT_DEPRESSED) for lead in (*FRONTAL, *CHEST) if lead != "-aVR"
    ):
        return None
    values = {"j": max(sheet.value(lead, "j") or 0.0 for lead in found)}
    return Finding("repolarisation.early", leads=named(found), values=values, certain=False)


def _early(sheet: BeatSheet, lead: str) -> bool:
    own = lead.removeprefix("-")
    if lead == "-aVR" or sheet.r(own) < R_TALL or not sheet.at_least(lead, "j", NOTCH):
        return False
    return sheet.at_least(lead, "t", T_OF_R * sheet.r(own)) and concave(sheet, lead)


def concave(sheet: BeatSheet, lead: str) -> bool:
    """Whether ST lies below the straight line from J to T's peak, and never falls far below J."""
    row = sheet.rows.get(lead)
    if row is None or sheet.t_off <= sheet.qrs_off + 2:
        return False
    part = row[sheet.qrs_off : sheet.t_off + 1]
    top = int(part.argmax())
    if top < 4:
        return False
    line = np.linspace(part[0], part[top], top + 1)
    return bool((line - part[: top + 1])[top // 4 : 3 * top // 4 + 1].mean() >= CONCAVE)


def pericarditis(sheet: BeatSheet) -> Finding | None:
    """Concave ST elevation all over, depression in aVR and V1 at most."""
    if sheet.codes & _BRANCHES:
        return None
    raised = [
        lead
        for lead in (*FRONTAL, *CHEST[1:])
        if lead != "-aVR"
        and sheet.at_least(lead, "j", NOTCH)
        and sheet.at_least(lead, "t", UPRIGHT)
    ]
    others = [lead for lead in (*FRONTAL, *CHEST[1:]) if lead != "-aVR"]
    if len(raised) < WIDESPREAD or any(sheet.at_most(x, "j", NOT_DEPRESSED) for x in others):
        return None
    if sum(concave(sheet, lead) for lead in raised) < len(raised) - 1:
        return None
    values = {"st": max(sheet.value(lead, "j") or 0.0 for lead in raised)}
    values["leads"] = float(len(raised))
    code = "repolarisation.pericarditis"
    return Finding(code, leads=tuple(raised), values=values, certain=False)


def brugada(sheet: BeatSheet) -> Finding | None:
    """Coved (type 1) or saddle-backed (type 2) ST elevation in V1 or V2."""
    if sheet.codes & _BRANCHES:
        return None
    first = [lead for lead in ("V1", "V2") if _coved(sheet, lead)]
    if first:
        values = {"j": max(sheet.value(lead, "j") or 0.0 for lead in first)}
        return Finding("pattern.brugada1", leads=tuple(first), values=values, certain=False)
    second = [lead for lead in ("V1", "V2") if _saddle(sheet, lead)]
    if not second:
        return None
    values = {"j": max(_take_off(sheet, lead) for lead in second)}
    return Finding("pattern.brugada2", leads=tuple(second), values=values, certain=False)


def _coved(sheet: BeatSheet, lead: str) -> bool:
    """High take-off without a peak, ST falling from there into a T wave upside down."""
    j, j40, j80 = (sheet.value(lead, name) for name in ("j", "j40", "j80"))
    if j is None or j40 is None or j80 is None or j < TAKE_OFF or not j > j40 > j80:
        return False
    found = sheet.leads[lead]
    upside = min(found.t or 0.0, found.t2 or 0.0) <= -UPRIGHT
    return j - j80 >= FALL and j80 > 0 and upside and not found.qs


def _saddle(sheet: BeatSheet, lead: str) -> bool:
    """R′ or J of 0.2 mV that falls to a trough of 0.05 mV or more and rises into T."""
    row, after = sheet.rows.get(lead), sheet.qrs_off + round(AFTER_TAKE_OFF * sheet.fs)
    height = _take_off(sheet, lead)
    if row is None or height < TAKE_OFF or sheet.t_off <= after or sheet.leads[lead].r is None:
        return False
    top = after + int(row[after : sheet.t_off + 1].argmax())
    trough = float(row[sheet.qrs_off : top + 1].min())
    return trough >= LOW and min(height, float(row[top])) >= trough + UPRIGHT


def _take_off(sheet: BeatSheet, lead: str) -> float:
    """R′, or J where the QRS complex ends on top of it."""
    found = sheet.leads.get(lead)
    return 0.0 if found is None else max(found.r2 or 0.0, found.j or 0.0)


def hyperkalaemia(sheet: BeatSheet) -> Finding | None:
    """Tall narrow T waves with a wide QRS complex or a flat P wave, or nearly a sine wave."""
    p = max((abs(lead.p or 0.0) for lead in sheet.leads.values()), default=0.0)
    flat = p <= FLAT_P and not sheet.codes & {"rhythm.af", "rhythm.flutter"}
    qrs = sheet.qrs or 0.0
    branch = bool(sheet.codes & _BRANCHES)
    peaked = in_a_row(lead for lead in (*FRONTAL, *CHEST[1:]) if _peaked(sheet, lead))
    sine = () if branch or qrs < VERY_WIDE or not flat else _sine(sheet)
    if not sine and not (peaked and (flat or (qrs >= WIDE and not branch))):
        return None
    leads = named(dict.fromkeys((*peaked, *sine)))
    values = {
        "t": max(sheet.value(lead, "t") or 0.0 for lead in leads),
        "qrs": qrs,
        "p": p,
    }
    certain = bool(peaked) and flat and qrs >= WIDE
    return Finding("electrolytes.hyperkalaemia", leads=leads, values=values, certain=certain)


def _peaked(sheet: BeatSheet, lead: str) -> bool:
    if lead == "-aVR" or not sheet.at_least(lead, "t", PEAKED_LIMB if lead in FRONTAL else PEAKED):
        return False
    found, width = sheet.leads[lead], t_width(sheet, lead)
    share = (found.t or 0.0) / (found.qrs_pp or 1.0)
    return width is not None and width <= POINTED and share >= OF_QRS


def _sine(sheet: BeatSheet) -> tuple[str, ...]:
    return in_a_row(
        lead
        for lead in (*FRONTAL, *CHEST)
        if lead != "-aVR"
        and sheet.at_least(lead, "t", PEAKED_LIMB)  # which a missing lead is not
        and sheet.at_least(lead, "t", SINE * (sheet.leads[lead].qrs_pp or 0.0))
    )


def t_width(sheet: BeatSheet, lead: str) -> float | None:
    """Width of an upright T wave at half of its height, in ms; None without one."""
    row = sheet.rows.get(lead)
    if row is None or sheet.t_off <= sheet.qrs_off:
        return None
    part = row[sheet.qrs_off : sheet.t_off + 1]
    top = int(part.argmax())
    low = np.flatnonzero(part < 0.5 * part[top])
    before, after = low[low < top], low[low > top]
    first = int(before[-1]) + 1 if before.size else 0
    last = int(after[0]) if after.size else part.size
    return 1000.0 * (last - first) / sheet.fs


def repolarisation_findings(sheet: BeatSheet) -> tuple[Finding, ...]:
    """Patterns of repolarisation that are no ischaemia.

    Parameters
    ----------
    sheet : BeatSheet
        With the codes of rhythm and conduction.

    Returns
    -------
    tuple of Finding
        ``repolarisation.early``, ``repolarisation.pericarditis``, ``pattern.brugada1``,
        ``pattern.brugada2``, ``electrolytes.hyperkalaemia``; values in mV and ms.
    """
    found = (early_repolarisation(sheet), pericarditis(sheet), brugada(sheet), hyperkalaemia(sheet))
    return tuple(one for one in found if one is not None)

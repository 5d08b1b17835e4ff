"""Conduction within the ventricles: bundle branches, fascicles, pre-excitation.

Read from the median beat. Limits are those of adults; a child's QRS complex is narrower, and the
rules say so of its width.

References
----------
B. Surawicz et al., "AHA/ACCF/HRS recommendations for the standardization and interpretation of the
electrocardiogram, part III: intraventricular conduction disturbances", Circulation 119 (2009)
e235-e240, doi:10.1161/CIRCULATIONAHA.108.191095.
"""

import numpy as np

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_sheet import PACED, BeatSheet
from farlead_signal.findings import Finding

#: QRS duration in ms: complete block from WIDE, incomplete from INCOMPLETE; the error of the
#: measurement (CSE: 10 ms) below that, an incomplete right block is named with doubt.
WIDE, INCOMPLETE, NEARLY = 120.0, 110.0, 100.0
#: R peak time in ms: late beyond LATE_LEFT in V5, V6, beyond LATE_RIGHT in V1.
LATE_LEFT, LATE_RIGHT = 60.0, 50.0
#: S in I and V6 longer than this in ms, or longer than R, is a late rightward force.
LONG_S = 40.0
#: R′ in V1 or V2 no lower than this in mV, and beyond half of this share of S: smaller ones are
#: found in health (the crista's last activation).
R_PRIME, R_PRIME_DOUBTED = 0.05, 0.10
#: A lone R in V1 as long as this, in ms, is the wide notched R of a right bundle branch block.
WIDE_R = 80.0
#: R as long as this in ms in leads I, aVL, V5, V6 is broad: most of a wide QRS complex.
BROAD_R, BROAD_R_INCOMPLETE = 80.0, 60.0
#: After the QRS offset the vector still runs: above this share of its greatest speed, looked for so
#: long, and so long at least, in ms. A late R′ has a top where nothing moves, and the offset may
#: have been put there; T waves are slower.
STILL_RUNS, LOOK_ON, RUNS_ON = 0.08, 70.0, 20.0
#: What runs on is an R′ of this in V1 or V2 and an S of that in I or V6, in mV.
LATE_R, LATE_S = 0.10, -0.05
#: A first negative wave smaller than this is no Q wave of I, V5, V6, in mV and ms: noise, and the
#: foot of the delineation.
SEPTAL, SEPTAL_TIME = 0.10, 20.0
#: Frontal axes in degrees: left anterior block from LEFT on, suspected from NEARLY_LEFT on.
LEFT, NEARLY_LEFT, LEFT_END = -45.0, -30.0, -90.0
#: Left posterior block from RIGHT on. The recommendation says 90, where a vertical heart lies, too;
#: nothing in the ECG tells them apart, and the block alone is rare.
RIGHT = 110.0
#: R peak time in aVL of a left anterior block, ms.
LATE_AVL = 45.0
#: Pre-excitation: PR to the begin of the delta wave below SHORT_PR, QRS from there on from
#: WIDE_DELTA on, both in ms, and the time in ms that the heart's vector creeps before it first
#: reaches half of its greatest speed. Other beats take up to 50 ms, but not after a short PR.
SHORT_PR, WIDE_DELTA, DELTA = 120.0, 110.0, 36.0
#: In fibrillation there is no PR to ask: the delta wave must be longer, in ms.
DELTA_ALONE = 50.0
#: The vector creeps above this share of its greatest speed; P waves hardly reach it. It is looked
#: for no longer than this before the QRS onset, in ms.
CREEPS, LONGEST = 0.06, 80.0
#: Speeds are taken over so many seconds.
STEP = 0.010
_EIGHT = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")


def bundle_findings(sheet: BeatSheet) -> tuple[Finding, ...]:
    """Blocks within the ventricles and pre-excitation.

    Nothing is said of paced and ventricular beats, which are wide for another reason.

    Parameters
    ----------
    sheet : BeatSheet

    Returns
    -------
    tuple of Finding
        ``conduction.preexcitation`` alone, or one of ``conduction.rbbb``,
        ``conduction.rbbb.incomplete``, ``conduction.lbbb``, ``conduction.lbbb.incomplete``,
        ``conduction.ivcd``, and ``conduction.lafb`` or ``conduction.lpfb``. Values: ``qrs``,
        ``pr``, ``delta``, ``r_peak_time`` (ms), ``axis`` (°).
    """
    if sheet.kind not in {BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR} or sheet.qrs is None:
        return ()
    if sheet.codes & (PACED | {"rhythm.ventricular"}):
        return ()
    early = preexcitation(sheet)
    if early is not None:
        return (early,)
    branch = right_branch(sheet) or left_branch(sheet) or _unspecific(sheet)
    found = () if branch is None else (branch,)
    left = branch is not None and branch.code == "conduction.lbbb"
    fascicle = None if left else anterior_fascicle(sheet) or posterior_fascicle(sheet)
    return found if fascicle is None else (*found, fascicle)


def preexcitation(sheet: BeatSheet) -> Finding | None:
    """Short PR, slow beginning of the QRS complex, wide QRS complex.

    The delta wave may lie before the QRS onset that was found: it is looked for from the steep
    part backwards, and PR and QRS are taken to where it begins.
    """
    if sheet.qrs is None:
        return None
    slow, before = slow_onset(sheet)
    qrs = sheet.qrs + max(before, 0.0)
    if slow < DELTA or qrs < WIDE_DELTA:
        return None
    values = {"qrs": qrs, "delta": slow}
    if sheet.pr is not None:
        values["pr"] = sheet.pr - max(before, 0.0)
        if values["pr"] >= SHORT_PR:
            return None
    elif "rhythm.af" not in sheet.codes or slow < DELTA_ALONE or qrs < WIDE:
        return None
    certain = sheet.pr is not None and qrs >= WIDE
    leads = _by_r(sheet)
    return Finding("conduction.preexcitation", leads=leads, values=values, certain=certain)


def slow_onset(sheet: BeatSheet) -> tuple[float, float]:
    """How long the heart's vector creeps before it runs, and how much of that is before QRS, in ms.

    (0, 0) where fewer than three independent leads are there.
    """
    rows = [sheet.rows[lead] for lead in _EIGHT if lead in sheet.rows]
    step = max(1, round(STEP * sheet.fs))
    first = max(sheet.qrs_on - round(LONGEST * sheet.fs / 1000) - step, 0)
    if len(rows) < 3 or sheet.qrs_off - first <= 2 * step:
        return 0.0, 0.0
    part = np.array([row[first : sheet.qrs_off + 1] for row in rows], np.float64)
    moved = part[:, step:] - part[:, :-step]
    speed = np.sqrt(np.einsum("lw,lw->w", moved, moved))
    onset = max(sheet.qrs_on - first - step // 2, 0)
    runs = onset + int((speed[onset:] >= 0.5 * speed[onset:].max()).argmax())
    (still,) = (speed[:runs] < CREEPS * speed[onset:].max()).nonzero()
    begin = int(still[-1]) + 1 if still.size else 0
    return 1000.0 * (runs - begin) / sheet.fs, 1000.0 * (onset - begin) / sheet.fs


def right_branch(sheet: BeatSheet) -> Finding | None:
    """Right bundle branch block, complete or incomplete."""
    hidden = _cut_off(sheet)
    if hidden is not None:
        return hidden
    if sheet.qrs is None or sheet.qrs < NEARLY:
        return None
    right = [lead for lead in ("V1", "V2") if _r_prime(sheet, lead)]
    late = [lead for lead in ("I", "V6") if _late_s(sheet, lead)]
    # With left anterior block or a large left ventricle S in I and V6 may be gone.
    if not right or (not late and len(right) < 2):
        return None
    values = {"qrs": sheet.qrs}
    time = sheet.peak_time("V1")
    if time is not None:
        values["r_peak_time"] = time
    leads = (*right, *late)
    if sheet.qrs >= WIDE:
        both = {"I", "V6"} <= set(late) and (time is None or time > LATE_RIGHT)
        return Finding("conduction.rbbb", leads=leads, values=values, certain=both)
    if sheet.qrs < INCOMPLETE and max(_last_r(sheet, lead) for lead in right) < R_PRIME_DOUBTED:
        return None
    certain = sheet.qrs >= INCOMPLETE and bool(late)
    return Finding("conduction.rbbb.incomplete", leads=leads, values=values, certain=certain)


def _cut_off(sheet: BeatSheet) -> Finding | None:
    """A right bundle branch block whose R′ lies behind the QRS offset that was found."""
    late = runs_on(sheet)
    if sheet.qrs is None or late < RUNS_ON or sheet.qrs + late < INCOMPLETE:
        return None
    end = sheet.qrs_off + round(late * sheet.fs / 1000)
    first = sheet.qrs_off - round(RUNS_ON * sheet.fs / 1000)
    rows = {
        lead: sheet.rows[lead][first:end] for lead in ("V1", "V2", "I", "V6") if lead in sheet.rows
    }
    right = [lead for lead in ("V1", "V2") if lead in rows and rows[lead].max() >= LATE_R]
    left = [lead for lead in ("I", "V6") if lead in rows and rows[lead].mean() <= LATE_S]
    if not right or not left:
        return None
    whole = sheet.qrs + late >= WIDE
    code = "conduction.rbbb" if whole else "conduction.rbbb.incomplete"
    values = {"qrs": sheet.qrs + late, "runs_on": late}
    return Finding(code, leads=(*right, *left), values=values, certain=False)


def runs_on(sheet: BeatSheet) -> float:
    """How long after the QRS offset the heart's vector still runs, in ms; 0 where it does not."""
    rows = [sheet.rows[lead] for lead in _EIGHT if lead in sheet.rows]
    step = max(1, round(STEP * sheet.fs))
    last = sheet.qrs_off + round(LOOK_ON * sheet.fs / 1000) + step
    if len(rows) < 3 or sheet.qrs_off - sheet.qrs_on <= step or last > rows[0].size:
        return 0.0
    part = np.array([row[sheet.qrs_on : last] for row in rows], np.float64)
    moved = part[:, step:] - part[:, :-step]
    speed = np.sqrt(np.einsum("lw,lw->w", moved, moved))
    offset = sheet.qrs_off - sheet.qrs_on - step // 2
    fast = np.flatnonzero(speed[offset:] >= STILL_RUNS * speed[: offset + 1].max())
    return 1000.0 * (int(fast[-1]) + 1) / sheet.fs if fast.size else 0.0


def _last_r(sheet: BeatSheet, lead: str) -> float:
    found = sheet.leads[lead]
    # After a Q wave the only R is the last one: qR stands for rSR' whose first R is lost.
    return found.r2 or found.r or 0.0


def _r_prime(sheet: BeatSheet, lead: str) -> bool:
    """A second R in V1 or V2, or one wide R."""
    found = sheet.leads.get(lead)
    if found is None:
        return False
    if found.r2 is not None:
        return found.r2 >= R_PRIME
    # qR stands for rSR' whose first R is lost.
    r = found.r or 0.0
    if found.q is not None and not found.qs and (sheet.peak_time(lead) or 0.0) > LATE_RIGHT:
        return r >= R_PRIME
    # V2 has a wide lone R in health when the transition is early.
    return lead == "V1" and (found.r_ms or 0.0) >= WIDE_R and r > sheet.s(lead)


def _late_s(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or found.s is None:
        return False
    time = found.s_ms or 0.0
    return time > LONG_S or time > (found.r_ms or 0.0)


def left_branch(sheet: BeatSheet) -> Finding | None:
    """Left bundle branch block, complete or incomplete."""
    if sheet.qrs is None or sheet.qrs < INCOMPLETE or not _negative_v1(sheet):
        return None
    whole = sheet.qrs >= WIDE
    least = BROAD_R if whole else BROAD_R_INCOMPLETE
    broad = [lead for lead in ("I", "aVL", "V5", "V6") if _broad(sheet, lead, least)]
    late = [t for t in map(sheet.peak_time, ("V5", "V6")) if t is not None and t >= LATE_LEFT]
    septal = [lead for lead in ("I", "V5", "V6") if _septal_q(sheet, lead)]
    # An infarct may take the place of the septal Q in V5 or V6; not in lead I as well.
    if len(broad) < 2 or (septal and not whole) or ("I" in septal and len(septal) > 1):
        return None
    if not late and not (whole and {"I", "aVL"} <= set(broad)):
        return None
    values = {"qrs": sheet.qrs} | ({"r_peak_time": max(late)} if late else {})
    code = "conduction.lbbb" if whole else "conduction.lbbb.incomplete"
    certain = bool(late) and not septal
    return Finding(code, leads=("V1", *broad), values=values, certain=certain)


def _negative_v1(sheet: BeatSheet) -> bool:
    """V1 is QS, or rS with a small quick R."""
    found = sheet.leads.get("V1")
    if found is None or found.r2 is not None:
        return False
    return found.qs or (sheet.s("V1") > 2 * sheet.r("V1") and (found.r_ms or 0.0) <= LONG_S)


def _broad(sheet: BeatSheet, lead: str, least: float) -> bool:
    return sheet.r_time(lead) >= least and sheet.r(lead) > sheet.s(lead)


def _septal_q(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or found.q is None or found.qs:
        return False
    return found.q <= -SEPTAL or (found.q_ms or 0.0) > SEPTAL_TIME


def _unspecific(sheet: BeatSheet) -> Finding | None:
    if sheet.qrs is None or sheet.qrs <= INCOMPLETE:
        return None
    certain = sheet.qrs >= WIDE
    return Finding(
        "conduction.ivcd", leads=_by_r(sheet), values={"qrs": sheet.qrs}, certain=certain
    )


def anterior_fascicle(sheet: BeatSheet) -> Finding | None:
    """Left anterior fascicular block."""
    axis = sheet.axis
    if (
        axis is None
        or not LEFT_END <= axis <= NEARLY_LEFT
        or not {"aVL", "III", "aVF"} <= set(sheet.leads)
    ):
        return None
    lateral, time = sheet.leads["aVL"], sheet.peak_time("aVL") or 0.0
    rs = all((sheet.leads[x].r or 0) < sheet.s(x) and not sheet.leads[x].qs for x in ("III", "aVF"))
    if not rs or sheet.r("aVL") <= sheet.s("aVL"):
        return None
    certain = axis <= LEFT and lateral.q is not None and time >= LATE_AVL
    if axis > LEFT and time < LATE_AVL:
        return None
    values = {"axis": axis, "r_peak_time": time}
    return Finding("conduction.lafb", leads=("aVL", "III", "aVF"), values=values, certain=certain)


def posterior_fascicle(sheet: BeatSheet) -> Finding | None:
    """Left posterior fascicular block; a tall R in V1 speaks for the right ventricle instead."""
    axis, needed = sheet.axis, ("I", "aVL", "III", "aVF")
    if axis is None or axis < RIGHT or not set(needed) <= set(sheet.leads):
        return None
    if (
        "V1" in sheet.leads
        and sheet.r("V1") > sheet.s("V1")
        and "conduction.rbbb" not in sheet.codes
    ):
        return None
    rs = all((sheet.leads[x].r or 0) < sheet.s(x) and not sheet.leads[x].qs for x in ("I", "aVL"))
    qr = all(sheet.leads[x].q is not None and not sheet.leads[x].qs for x in ("III", "aVF"))
    if not rs or not qr:
        return None
    # A large right ventricle and a lung disease look the same.
    return Finding("conduction.lpfb", leads=needed, values={"axis": axis}, certain=False)


def _by_r(sheet: BeatSheet) -> tuple[str, ...]:
    """The three leads with the tallest R wave: where the width is seen best."""
    return tuple(sorted(sheet.leads, key=lambda lead: -sheet.r(lead))[:3])

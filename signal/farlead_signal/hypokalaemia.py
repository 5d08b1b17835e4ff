"""Signs of low potassium: ST depression, flat T waves and U waves taller than them.

References
----------
P. M. Rautaharju et al., part IV: ST segment, T and U waves, QT interval, Circulation 119 (2009)
e241-e250, doi:10.1161/CIRCULATIONAHA.108.191096 (U waves taller than T, ST depression and low T
waves in hypokalaemia). B. Surawicz, Am Heart J 73 (1967) 814-834. Heights are ours.
"""

import numpy as np

from farlead_signal.beat_sheet import CHEST, BeatSheet, in_a_row
from farlead_signal.findings import Finding

#: U no lower than this, in mV, and than T; ST 80 ms after J no higher than this.
TALL_U, DEPRESSED = 0.10, -0.05
#: The trough between T and U lies below U by this, in mV.
TROUGH = 0.03
#: T is looked for from so long after J, in seconds; U has its top no sooner after QRS onset than
#: this, in seconds at a rate of 60, with the root of the RR interval. T waves have theirs at 0.30.
AFTER_J, LATE = 0.080, 0.42
#: The next P wave begins so long before the next QRS complex, in seconds, where it is not known;
#: and U has ended so long before it.
PR, BEFORE_P = 0.20, 0.02
_NOT_MEANT = frozenset(
    {
        "conduction.lbbb", "conduction.rbbb", "conduction.preexcitation", "chambers.lvh",
        "rhythm.af", "rhythm.flutter",
    }
)  # fmt: skip


def hypokalaemia(sheet: BeatSheet) -> Finding | None:
    """``electrolytes.hypokalaemia`` where two neighbours of V2 to V6 show all three signs."""
    if sheet.codes & _NOT_MEANT or not sheet.rate:
        return None
    heights = {lead: _u_wave(sheet, lead) for lead in CHEST[1:]}
    found = in_a_row(
        lead
        for lead, height in heights.items()
        if height >= TALL_U and sheet.at_most(lead, "j80", DEPRESSED)
    )
    if not found:
        return None
    values = {
        "u": max(heights[lead] for lead in found),
        "st": min(sheet.value(lead, "j80") or 0.0 for lead in found),
    }
    return Finding("electrolytes.hypokalaemia", leads=found, values=values, certain=False)


def _u_wave(sheet: BeatSheet, lead: str) -> float:
    """Height of a U wave that is taller than T, in mV; 0 without one."""
    row = sheet.rows.get(lead)
    if row is None or not sheet.rate:
        return 0.0
    interval = 60.0 / sheet.rate
    pr = PR if sheet.pr is None else sheet.pr / 1000
    begin = sheet.qrs_off + round(AFTER_J * sheet.fs)
    last = sheet.qrs_on + round((interval - pr - BEFORE_P) * sheet.fs)
    late = sheet.qrs_on + round(LATE * float(np.sqrt(interval)) * sheet.fs)
    part = row[begin : min(last, row.size)]
    if late <= begin or part.size <= late - begin + 2:
        return 0.0
    top = late - begin + int(part[late - begin :].argmax())
    if top in {late - begin, part.size - 1}:  # a slope of something else
        return 0.0
    t = int(part[: max(late - begin, 1)].argmax())
    height, trough = float(part[top]), float(part[t : top + 1].min())
    if float(part[t]) > height or height - trough < TROUGH:
        return 0.0
    return round(height, 2)

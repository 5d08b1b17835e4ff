"""Infarction in left bundle branch block and pacing: the modified rule of Sgarbossa.

References
----------
S. W. Smith et al., Ann Emerg Med 60 (2012) 766-776, doi:10.1016/j.annemergmed.2012.07.119.
E. B. Sgarbossa et al., N Engl J Med 334 (1996) 481-487, doi:10.1056/NEJM199602223340801.
"""

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_sheet import CHEST, PACED, BeatSheet, in_a_row
from farlead_signal.findings import Finding

#: ST deviation that counts, in mV, and its share of the opposite S or R wave that is too much.
DEVIATION, SHARE = 0.10, 0.25
#: A QRS complex that points neither way, in mV net, has no opposite.
BOTH_WAYS = 0.20
_LEADS = ("I", "II", "III", "aVL", "aVF", *CHEST)


def sgarbossa(sheet: BeatSheet) -> Finding | None:
    """Elevation with the QRS complex, depression with it in V1 to V3, or too much against it.

    The level must hold from J to 40 ms after it: a late QRS offset is what fakes it most often.
    With pacing a single lead is not enough for the third criterion.

    Returns
    -------
    Finding or None
        ``ischaemia.sgarbossa`` with `concordant` (1 or 0), `st` (mV) and `share`.
    """
    together = [lead for lead in _LEADS if _with(sheet, lead)]
    against = [lead for lead in _LEADS if share_of(sheet, lead) >= SHARE]
    # Fused and biventricular complexes point anywhere: one lead of them proves nothing.
    paced = sheet.kind is BeatClass.PACED or bool(sheet.codes & PACED)
    if paced:
        together = [x for x in together if x in {*in_a_row(together), "V1", "V2", "V3"}]
        against = list(in_a_row(against))
    leads = tuple(together or against)
    if not leads:
        return None
    levels = [sheet.value(lead, "j") or 0.0 for lead in leads]
    values = {
        "concordant": float(bool(together)),
        "st": max(levels, key=abs),
        "share": max(share_of(sheet, lead) for lead in leads),
    }
    certain = bool(together) and not paced
    return Finding("ischaemia.sgarbossa", leads=leads, values=values, certain=certain)


def _level(sheet: BeatSheet, lead: str) -> float:
    """ST deviation that holds from J to 40 ms after it, mV; 0 where its sign changes."""
    j, later = sheet.value(lead, "j"), sheet.value(lead, "j40")
    if j is None or later is None or j * later <= 0:
        return 0.0
    return min(j, later, key=abs)


def _with(sheet: BeatSheet, lead: str) -> bool:
    """Whether ST goes the way of the QRS complex."""
    level, way = _level(sheet, lead), sheet.net(lead)
    up = level >= DEVIATION and way >= BOTH_WAYS
    return up or (level <= -DEVIATION and way <= -BOTH_WAYS and lead in {"V1", "V2", "V3"})


def share_of(sheet: BeatSheet, lead: str) -> float:
    """ST elevation against a negative QRS complex as a share of its depth; 0 below 0.1 mV."""
    level = _level(sheet, lead)
    found = sheet.leads.get(lead)
    if found is None or level < DEVIATION or sheet.net(lead) > -BOTH_WAYS:
        return 0.0
    return level / max(sheet.s(lead), -(found.q or 0.0))

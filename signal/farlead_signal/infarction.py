"""Infarcts that leave Q waves: old ones, and those of days ago whose ST is on its way back.

References
----------
K. Thygesen et al., Circulation 138 (2018) e618-e651, doi:10.1161/CIR.0000000000000617 (Q waves).
"""

from farlead_signal.beat_sheet import CHEST, INFERIOR, LATERAL, BeatSheet, in_a_row
from farlead_signal.findings import Finding

#: Q wave in ms and mV; in V2 and V3 any of SHORT_Q is one.
LONG_Q, DEEP_Q, SHORT_Q = 30.0, -0.10, 20.0
#: Groups in which two leads must agree.
GROUPS = (("I", "aVL", "V6"), ("V4", "V5", "V6"), INFERIOR)
#: ST at 60 ms after J, in mV: still raised over the Q waves; clearly raised.
STILL_UP, CLEARLY_UP = 0.05, 0.10
#: R in V2 to V4 no higher than this, in mV, is lost; beside a deep S wave health has more.
SMALL_R = 0.15
#: T turned over at its end, in mV, in a lead with Q or beside one; and T inversion as the
#: Universal Definition counts it.
TURNED, INVERTED = -0.05, -0.10


def pathological_q(sheet: BeatSheet) -> Finding | None:
    """Q waves or QS complexes of an infarct."""
    leads = q_leads(sheet)
    if not leads:
        return None
    values = {
        "q": min(sheet.value(lead, "q") or 0.0 for lead in leads),
        "q_ms": max(sheet.value(lead, "q_ms") or 0.0 for lead in leads),
    }
    # A large ventricle, a hemiblock and a misplaced electrode take R from V1 to V3, too.
    doubt = sheet.codes & {"chambers.lvh", "conduction.lafb", "conduction.ivcd"}
    return Finding("infarction.q", leads=leads, values=values, certain=not doubt)


def q_leads(sheet: BeatSheet) -> tuple[str, ...]:
    """Leads with pathological Q waves, in groups that agree."""
    found: list[str] = []
    front = [lead for lead in ("V1", "V2", "V3", "V4") if _front_q(sheet, lead)]
    if {"V2", "V3"} <= set(front):
        found += front
    for group in GROUPS:
        here = [lead for lead in group if long_q(sheet, lead)]
        found += here if len(here) > 1 else []
    return tuple(dict.fromkeys(found))


def long_q(sheet: BeatSheet, lead: str) -> bool:
    """A Q wave long and deep enough, or a QS complex."""
    found = sheet.leads.get(lead)
    if found is None or found.q is None or found.q > DEEP_Q:
        return False
    return found.qs or (found.q_ms or 0.0) >= LONG_Q


def _front_q(sheet: BeatSheet, lead: str) -> bool:
    found = sheet.leads.get(lead)
    if found is None or found.q is None or found.q > DEEP_Q:
        return False
    return found.qs or (lead in {"V2", "V3"} and (found.q_ms or 0.0) >= SHORT_Q)


def evolving(sheet: BeatSheet) -> Finding | None:
    """Infarct of hours to weeks: R lost or Q there, and ST not yet back or T turned over.

    In the front R is lost in two leads of V1 to V5 in a row (V1 alone means nothing); at the
    lower and the left wall two leads of the group have Q waves. There, or beside, either ST is
    still up 60 ms after J in two leads and T turns over at its end, or ST is clearly up, or T is
    inverted in two leads in a row. An aneurysm and a scar can look the same: only the course or an
    earlier ECG tells, and what the recording cannot decide counts as recent.
    """
    return _front(sheet) or _wall(sheet, INFERIOR) or _wall(sheet, LATERAL)


def _front(sheet: BeatSheet) -> Finding | None:
    lost = in_a_row(lead for lead in CHEST[:5] if r_lost(sheet, lead))
    if not lost:
        return None
    near = {lead for q in lost for lead in _beside(q)}
    up = [lead for lead in lost if sheet.at_least(lead, "j60", STILL_UP)]
    high = [lead for lead in lost if sheet.at_least(lead, "j60", CLEARLY_UP)]
    turned = in_a_row(lead for lead in CHEST[1:] if _lowest_t(sheet, lead) <= TURNED)
    inverted = in_a_row(lead for lead in CHEST[1:5] if _lowest_t(sheet, lead) <= INVERTED)
    turning = turned if len(up) > 1 and near & set(turned) else ()
    shown = turning or (inverted if near & set(inverted) else ()) or (high if len(high) > 1 else ())
    if not shown:
        return None
    leads = tuple(lead for lead in CHEST if lead in {*lost, *shown})
    return _evolving(sheet, lost, leads, certain=bool(turning))


def _wall(sheet: BeatSheet, group: tuple[str, ...]) -> Finding | None:
    """The same in the limb leads or in V5 and V6, where R is small in health: Q waves instead."""
    lost = tuple(lead for lead in group if long_q(sheet, lead))
    up = [lead for lead in lost if sheet.at_least(lead, "j60", STILL_UP)]
    turned = [lead for lead in lost if _lowest_t(sheet, lead) <= TURNED]
    inverted = [lead for lead in lost if _lowest_t(sheet, lead) <= INVERTED]
    if len(lost) < 2 or not ((len(up) > 1 and turned) or len(inverted) > 1):
        return None
    return _evolving(sheet, lost, lost, certain=False)


def _evolving(
    sheet: BeatSheet, lost: tuple[str, ...], leads: tuple[str, ...], *, certain: bool
) -> Finding:
    values = {
        "st": max(sheet.value(lead, "j60") or 0.0 for lead in lost),
        "t": min(_lowest_t(sheet, lead) for lead in leads),
    }
    return Finding("infarction.evolving", leads=leads, values=values, certain=certain)


def r_lost(sheet: BeatSheet, lead: str) -> bool:
    """No R wave or hardly one before S, or a long Q wave; in V1 none at all."""
    found = sheet.leads.get(lead)
    if found is None or found.r2 is not None:
        return False
    small = SMALL_R if lead != "V1" else 0.0
    return long_q(sheet, lead) or ((found.r or 0.0) <= small and sheet.s(lead) > 2 * small)


def _beside(lead: str) -> tuple[str, ...]:
    at = CHEST.index(lead)
    return CHEST[max(at - 1, 0) : at + 2]


def _lowest_t(sheet: BeatSheet, lead: str) -> float:
    found = sheet.leads.get(lead)
    return 0.0 if found is None else min(found.t or 0.0, found.t2 or 0.0, 0.0)

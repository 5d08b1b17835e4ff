"""Ischaemia and infarction on the median beat: what the pattern is, with what was measured.

The limits of ST elevation by sex and age are the rules'; here stands what makes a pattern, with the
lowest of those limits. What explains an ST change as well (a bundle branch block, pacing, strain of
a large left ventricle, early repolarisation) takes from its certainty, or has criteria of its own.

References
----------
K. Thygesen et al., "Fourth Universal Definition of Myocardial Infarction (2018)", Circulation 138
(2018) e618-e651, doi:10.1161/CIR.0000000000000617. G. S. Wagner et al., part VI: acute
ischemia/infarction, Circulation 119 (2009) e262-e270, doi:10.1161/CIRCULATIONAHA.108.191098.
R. J. de Winter et al., N Engl J Med 359 (2008) 2071-2073, doi:10.1056/NEJMc0804737. C. de Zwaan et
al., Am Heart J 103 (1982) 730-736, doi:10.1016/0002-8703(82)90480-X.
"""

from collections.abc import Iterable, Mapping

from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_sheet import (
    CHEST,
    FRONTAL,
    HIGH_LATERAL,
    INFERIOR,
    PACED,
    WHOLE_CHEST,
    BeatSheet,
    in_a_row,
    named,
)
from farlead_signal.findings import Finding
from farlead_signal.infarction import evolving, pathological_q
from farlead_signal.sgarbossa import sgarbossa
from farlead_signal.subtle import subtle_anterior
from farlead_signal.t_waves import hyperacute_t, wellens

#: Lowest limits of ST elevation at J by the Universal Definition, in mV: of women in V2 and V3, of
#: older men on the back and the right; the rules ask for the patient's own.
ELEVATED, ELEVATED_V2_V3, ELEVATED_FURTHER = 0.10, 0.15, 0.05
#: Elevation that counts in all three inferior leads where aVL is depressed, in mV.
SLIGHT = 0.05
#: ST stays up after J by this share at least: where it falls at once, J was still QRS.
STAYS = 0.6
#: Depression at J, in mV; of posterior infarction, left main stem and de Winter's pattern.
DEPRESSED, DEEPLY = -0.05, -0.10
#: Elevation in mV from which no further sign is asked for in the frontal leads, and in the chest.
HIGH, HIGH_CHEST = 0.20, 0.40
#: ST elevation of V1 to V4 below this share of S goes with a deep S wave; beside one of DEEP_S mV,
#: which few healthy adults reach, even where the opposite leads are depressed.
OF_DEEP_S, DEEP_S = 0.25, 1.8
#: Leads with depression that speak for the left main stem or all vessels.
MANY = 6
#: De Winter: rise of ST after J in mV/s, T height in mV, and fastest rate at which J is not
#: depressed by the rate alone.
UPSLOPING, TALL_T, TOO_FAST = 0.5, 0.50, 130.0
#: In a posterior infarction R is as tall as S in V1 to V3.
AS_TALL = 1.0
#: An upright T wave is no lower than this, in mV.
UPRIGHT = 0.05
SECONDARY = frozenset({"conduction.lbbb", "conduction.preexcitation", "rhythm.ventricular"})
_FURTHER = frozenset(WHOLE_CHEST) - frozenset(CHEST)
#: Where depression mirrors an elevation.
_MIRRORS: Mapping[str, tuple[str, ...]] = {
    "inferior": ("aVL", "I", "V1", "V2", "V3"),
    "lateral": ("III", "aVF", "V1"),
    "chest": ("II", "III", "aVF"),
}


def ischaemia_findings(sheet: BeatSheet) -> tuple[Finding, ...]:
    """Patterns of ischaemia and infarction.

    Parameters
    ----------
    sheet : BeatSheet
        With the codes of rhythm, conduction and chambers that are known.

    Returns
    -------
    tuple of Finding
        With LBBB or pacing ``ischaemia.sgarbossa`` only. Values are in mV unless named otherwise.
    """
    if sheet.kind is BeatClass.PACED or sheet.codes & (PACED | {"conduction.lbbb"}):
        return _there(sgarbossa(sheet))
    if (
        sheet.kind not in {BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR}
        or sheet.codes & SECONDARY
    ):
        return ()
    raised = elevated(sheet)
    return _there(
        elevation(sheet, raised),
        right_ventricular(sheet, raised),
        posterior(sheet),
        left_main(sheet),
        de_winter(sheet),
        wellens(sheet),
        hyperacute_t(sheet),
        evolving(sheet),
        subtle_anterior(sheet),
        pathological_q(sheet),
    )


def _there(*found: Finding | None) -> tuple[Finding, ...]:
    return tuple(one for one in found if one is not None)


def elevated(sheet: BeatSheet) -> tuple[str, ...]:
    """Leads in a row with ST elevation at J that stays; −aVR stands for depression in aVR."""
    return in_a_row(lead for lead in (*FRONTAL, *WHOLE_CHEST) if _is_elevated(sheet, lead))


def _is_elevated(sheet: BeatSheet, lead: str) -> bool:
    limit = ELEVATED_V2_V3 if lead in {"V2", "V3"} else ELEVATED
    return _stays(sheet, lead, ELEVATED_FURTHER if lead in _FURTHER else limit)


def _stays(sheet: BeatSheet, lead: str, limit: float) -> bool:
    j = sheet.value(lead, "j")
    return j is not None and j >= limit and sheet.at_least(lead, "j60", STAYS * j)


def depressed(sheet: BeatSheet, leads: Iterable[str], limit: float = DEPRESSED) -> tuple[str, ...]:
    """Leads with ST depression at J that lasts to 60 ms after it."""
    return tuple(
        lead
        for lead in leads
        if sheet.at_most(lead, "j", limit) and sheet.at_most(lead, "j60", STAYS * limit)
    )


def elevation(sheet: BeatSheet, raised: tuple[str, ...]) -> Finding | None:
    """``ischaemia.stemi``, or ``ischaemia.st_elevation`` where the level alone speaks for it.

    What else speaks for infarction is depression in the leads that mirror it, Q waves or a terminal
    T inversion in the same leads, or a height that little else reaches. Early repolarisation,
    pericarditis and the deep S wave of a large ventricle leave the second, which the rules raise
    to urgent all the same.
    """
    if not raised:
        return slight_elevation(sheet)
    mirror = _mirror(sheet, raised)
    values = {"st": max(sheet.value(lead, "j") or 0.0 for lead in raised)}
    if mirror:
        values["reciprocal"] = min(sheet.value(lead, "j") or 0.0 for lead in mirror)
    # The elevation beside a deep S wave has a mirror too: strain in the lateral leads.
    explained = _explained(sheet, raised)
    own = [lead for lead in raised if _q_or_t(sheet, lead)]
    sure = bool(mirror or len(own) > 1 or _high(sheet, raised)) and not explained
    leads = named(raised + (mirror if sure else ()))
    code = "ischaemia.stemi" if sure else "ischaemia.st_elevation"
    return Finding(code, leads=leads, values=values, certain=bool(mirror) and not explained)


def slight_elevation(sheet: BeatSheet) -> Finding | None:
    """``ischaemia.stemi`` with doubt: elevation short of the limits whose mirror is depressed.

    In all three inferior leads with depression in aVL, in both high lateral leads with depression
    in III and aVF, or in two neighbours of V1 to V5 with depression in two of the inferior leads.
    """
    low = [lead for lead in INFERIOR if _stays(sheet, lead, SLIGHT)]
    high = [lead for lead in HIGH_LATERAL if _stays(sheet, lead, SLIGHT)]
    chest = in_a_row(lead for lead in CHEST[:5] if _stays(sheet, lead, ELEVATED))
    places = ((low, ("aVL",), 3), (high, ("III", "aVF"), 2), (chest, INFERIOR, 2))
    for raised, opposite, least in places:
        mirror = depressed(sheet, opposite)
        enough = len(raised) >= least and len(mirror) >= min(len(opposite), 2)
        if enough and not _beside_deep_s(sheet, raised):
            values = {
                "st": max(sheet.value(lead, "j") or 0.0 for lead in raised),
                "reciprocal": min(sheet.value(lead, "j") or 0.0 for lead in mirror),
            }
            leads = (*raised, *mirror)
            return Finding("ischaemia.stemi", leads=leads, values=values, certain=False)
    return None


def _mirror(sheet: BeatSheet, raised: tuple[str, ...]) -> tuple[str, ...]:
    """Leads with depression opposite to the elevated ones."""
    frontal = [lead for lead in raised if lead in FRONTAL]
    opposite: list[str] = []
    if set(frontal) & {"III", "aVF"}:
        opposite += _MIRRORS["inferior"]
    if set(frontal) & set(HIGH_LATERAL):
        opposite += _MIRRORS["lateral"]
    if set(raised) & set(CHEST):
        opposite += _MIRRORS["chest"]
    return depressed(sheet, [lead for lead in dict.fromkeys(opposite) if lead not in raised])


def _explained(sheet: BeatSheet, raised: tuple[str, ...]) -> bool:
    """Whether something harmless explains all of the elevation as well."""
    if sheet.codes & {"repolarisation.early", "repolarisation.pericarditis", "pattern.brugada1"}:
        return not (_mirror(sheet, raised) or _high(sheet, raised))
    return _beside_deep_s(sheet, raised, DEEP_S if _mirror(sheet, raised) else 0.0)


def _beside_deep_s(sheet: BeatSheet, raised: Iterable[str], depth: float = DEEP_S) -> bool:
    """Whether all of the elevation lies in V1 to V4, small beside a deep S wave, T upright."""
    return all(
        lead in {"V1", "V2", "V3", "V4"}
        and sheet.s(lead) >= depth
        and (sheet.value(lead, "j") or 0.0) < OF_DEEP_S * sheet.s(lead)
        and sheet.at_least(lead, "t", UPRIGHT)
        and not sheet.leads[lead].qs
        for lead in raised
    )


def _q_or_t(sheet: BeatSheet, lead: str) -> bool:
    """A Q wave of 30 ms and 0.1 mV, QS, or T upside down in a lead that is elevated."""
    found = sheet.leads.get(lead)
    if found is None:
        return False
    q = found.q is not None and found.q <= -0.1 and (found.q_ms or 0.0) >= 30
    upside = (found.t or 0.0) < -UPRIGHT or (found.t2 or 0.0) < -UPRIGHT
    return (q and lead not in {"V1", "aVR"}) or upside


def _high(sheet: BeatSheet, raised: tuple[str, ...]) -> bool:
    tall = [
        lead
        for lead in raised
        if sheet.at_least(lead, "j", HIGH_CHEST if lead in {"V1", "V2", "V3", "V4"} else HIGH)
    ]
    return len(tall) > 1


def right_ventricular(sheet: BeatSheet, raised: tuple[str, ...]) -> Finding | None:
    """Inferior elevation, greater in III than in II, with elevation on the right."""
    if len(set(raised) & set(INFERIOR)) < 2:
        return None
    two, three = sheet.value("II", "j"), sheet.value("III", "j")
    right = [x for x in ("V4R", "V3R") if sheet.at_least(x, "j", ELEVATED_FURTHER)]
    v1 = sheet.value("V1", "j")
    first = v1 is not None and v1 >= ELEVATED_FURTHER and v1 > (sheet.value("V2", "j") or 0.0)
    if two is None or three is None or not (right or (three > two and first)):
        return None
    leads = ("II", "III", "aVF", *(("V1",) if first else ()), *right)
    values = {"st_iii": three, "st_ii": two} | ({} if v1 is None else {"st_v1": v1})
    return Finding("ischaemia.right_ventricular", leads=leads, values=values, certain=bool(right))


def posterior(sheet: BeatSheet) -> Finding | None:
    """Depression of V1 to V3 with upright T waves and R as tall as S, or elevation of V7 to V9."""
    back = in_a_row(x for x in ("V7", "V8", "V9") if sheet.at_least(x, "j", ELEVATED_FURTHER))
    if back:
        values = {"st": max(sheet.value(lead, "j") or 0.0 for lead in back)}
        return Finding("ischaemia.posterior", leads=back, values=values)
    if sheet.codes & {"conduction.rbbb", "chambers.rvh"}:
        return None
    front = [lead for lead in depressed(sheet, ("V1", "V2", "V3", "V4")) if _flat(sheet, lead)]
    front = [lead for lead in front if sheet.at_least(lead, "t", UPRIGHT)]
    chosen = [lead for lead in in_a_row(front) if lead != "V4"]
    if len(chosen) < 2:
        return None
    deepest = min(sheet.value(lead, "j") or 0.0 for lead in chosen)
    # Depression that is deepest farther left is that of the whole endocardium.
    farther = [sheet.value(lead, "j") or 0.0 for lead in ("V5", "V6") if lead in sheet.leads]
    tall = [lead for lead in chosen if sheet.r(lead) >= AS_TALL * sheet.s(lead)]
    if any(level <= deepest for level in farther) or not (tall or deepest <= DEEPLY):
        return None
    values = {"st": deepest}
    certain = bool(tall) and deepest <= DEEPLY
    return Finding("ischaemia.posterior", leads=tuple(chosen), values=values, certain=certain)


def _flat(sheet: BeatSheet, lead: str) -> bool:
    """Horizontal or falling from J to 60 ms after it: most of the depression is left."""
    j, later = sheet.value(lead, "j"), sheet.value(lead, "j60")
    return j is not None and later is not None and later <= STAYS * j


def left_main(sheet: BeatSheet) -> Finding | None:
    """Elevation of aVR with depression in six leads or more."""
    low = depressed(sheet, ("I", "II", "III", "aVL", "aVF", *CHEST), DEEPLY)
    if len(low) < MANY or not sheet.at_least("aVR", "j", ELEVATED):
        return None
    if sheet.rate is not None and sheet.rate > TOO_FAST:
        return None
    values = {"st_avr": sheet.value("aVR", "j") or 0.0, "leads": float(len(low))}
    certain = "chambers.lvh" not in sheet.codes
    return Finding("ischaemia.left_main", leads=("aVR", *low), values=values, certain=certain)


def de_winter(sheet: BeatSheet) -> Finding | None:
    """J depressed in the chest leads, ST rising from there into tall T waves."""
    if sheet.rate is not None and sheet.rate > TOO_FAST:
        return None
    found = in_a_row(
        lead
        for lead in CHEST[1:]
        if sheet.at_most(lead, "j", DEEPLY)
        and sheet.at_least(lead, "st_slope", UPSLOPING)
        and sheet.at_least(lead, "t", TALL_T)
        and sheet.at_least(lead, "t", 0.5 * sheet.r(lead))
    )
    if not found:
        return None
    values = {
        "st": min(sheet.value(lead, "j") or 0.0 for lead in found),
        "t": max(sheet.value(lead, "t") or 0.0 for lead in found),
    }
    certain = sheet.at_least("aVR", "j", DEEPLY * -0.5)
    return Finding("ischaemia.de_winter", leads=found, values=values, certain=certain)

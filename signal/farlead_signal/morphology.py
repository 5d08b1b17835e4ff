"""What the shape of the median beat tells: conduction, chambers, repolarisation, ischaemia.

See docs/screening.md for each finding with its source and its weaknesses.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from farlead_signal.amplitudes import LeadMeasures
from farlead_signal.axis import Axes
from farlead_signal.beat_classes import BeatClass
from farlead_signal.beat_sheet import PACED, BeatSheet, beat_sheet
from farlead_signal.bundle import bundle_findings
from farlead_signal.chambers import chamber_hints, strain
from farlead_signal.embolism import pulmonary_embolism
from farlead_signal.findings import Finding
from farlead_signal.hypokalaemia import hypokalaemia
from farlead_signal.intervals import Intervals
from farlead_signal.ischaemia import ischaemia_findings
from farlead_signal.repolarisation import repolarisation_findings
from farlead_signal.representative import Representative
from farlead_signal.values import Value

#: Rhythms whose beats have no shape of the patient's own.
_WITHOUT_SHAPE = frozenset({"rhythm.vf", "rhythm.asystole", "rhythm.ventricular"})


def morphology(
    beat: Representative | None,
    names: Sequence[str],
    fs: float,
    leads: Sequence[LeadMeasures],
    intervals: Intervals,
    axes: Axes,
    voltages: Mapping[str, Value],
    codes: Iterable[str] = (),
) -> tuple[Finding, ...]:
    """Findings on the median beat.

    Parameters
    ----------
    beat : Representative or None
    names : sequence of str
        Standard name of each lead, "" where it is not known.
    fs : float
        Hertz.
    leads : sequence of LeadMeasures
        Of the same leads.
    intervals, axes, voltages
        Of the same beat.
    codes : iterable of str
        Codes of the rhythm's findings: paced and ventricular beats are wide for reasons of
        their own.

    Returns
    -------
    tuple of Finding
        Empty where there is no median beat to be judged. The beats are those that made the
        median. Nothing is certain that rests on a doubtful lead.
    """
    sheet = beat_sheet(beat, names, fs, leads, intervals, axes, codes)
    if beat is None or sheet is None or sheet.codes & _WITHOUT_SHAPE:
        return ()
    members = tuple(beat.members.tolist())
    doubtful = {name for name, lead in sheet.leads.items() if lead.reason}
    return tuple(
        replace(one, beats=members, certain=one.certain and doubtful.isdisjoint(one.leads))
        for one in _findings(sheet, voltages)
    )


def _findings(sheet: BeatSheet, voltages: Mapping[str, Value]) -> tuple[Finding, ...]:
    """In the order in which one explains another."""
    found = bundle_findings(sheet)
    sheet = sheet.told(one.code for one in found)
    own = sheet.kind in {BeatClass.DOMINANT, BeatClass.SUPRAVENTRICULAR}
    if own and not sheet.codes & (PACED | {"conduction.lbbb", "conduction.preexcitation"}):
        strained = strain(sheet, voltages)
        found += () if strained is None else (strained,)
        found += repolarisation_findings(sheet.told(one.code for one in found))
        found += chamber_hints(sheet.told(one.code for one in found))
        told = sheet.told(one.code for one in found)
        hints = (hypokalaemia(told), pulmonary_embolism(told))
        found += tuple(one for one in hints if one is not None)
    return found + ischaemia_findings(sheet.told(one.code for one in found))

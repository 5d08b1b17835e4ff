"""Screening of one recording."""

from collections.abc import Sequence

from farlead.analysis.details import detail
from farlead.analysis.figures import measurements
from farlead.analysis.flags import flags, known
from farlead.analysis.measure import measure
from farlead.analysis.rules import Rules, standard
from farlead.analysis.verdict import verdict
from farlead.model.recording import Recording
from farlead.model.screening import Screening, Span
from farlead.model.study import Severity

#: Version of the signal core, raised when it finds other beats or measures otherwise.
SIGNAL_VERSION = "signal-2"
#: Version written into every screening made with the standard rules.
VERSION = f"screening-{standard().version}/{SIGNAL_VERSION}"


def screen(
    recording: Recording, *, earlier: Sequence[Recording] = (), rules: Rules | None = None
) -> Screening:
    """Measure and flag a recording; a suggestion, never a diagnosis.

    Never raises for what is in the recording: any shape, names, rate and values. What cannot be
    known is None with its reason, and flagged.

    Parameters
    ----------
    recording : Recording
    earlier : sequence of Recording
        Earlier recordings of the same patient. The present rules judge the recording alone.
    rules : Rules, optional
        An institution's own table; the standard one when absent.

    Returns
    -------
    Screening
        With its detail. ``known`` is False when rhythm, rate or signal could not be judged;
        severity is then at least urgent.
    """
    del earlier  # serial comparison needs beats of both; the parameter is part of the interface
    table = rules or standard()
    measured = measure(recording)
    found = flags(measured, table)
    judged = known(found)
    quality, sentence = verdict(found)
    worst = max((flag.severity for flag in found), default=Severity.NORMAL)
    return Screening(
        version=f"screening-{table.version}/{SIGNAL_VERSION}",
        severity=worst if judged else max(worst, Severity.URGENT),
        known=judged,
        quality=quality,
        measurements=measurements(measured, found),
        flags=found,
        r_peaks=tuple(measured.finding.r_peaks.tolist()),
        spans=tuple(Span(s.start, s.stop, s.kind) for s in measured.finding.spans),
        verdict=sentence,
        detail=detail(measured),
    )

"""From what was measured to what the rules are asked about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter

from farlead.analysis.evidence import Stretch, extreme_rates
from farlead.analysis.facts import Facts, Figure, FindingLike, Known
from farlead.analysis.figures import SCALE_IN_DOUBT, WAVES_IN_DOUBT, leads_in_doubt
from farlead.analysis.measure import Measured
from farlead.analysis.rules.vocabulary import QUANTITIES, Scope
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.model.screening import Certainty, Measurement, Span
from farlead_signal.amplitudes import LeadMeasures

#: Seconds from either end of a recording within which something counts as cut off: about one
#: beat of a slow rhythm is not seen whole there.
CUT_OFF = 1.0
#: R over S where there is no S wave: more than any that is measured.
_NO_S = 99.0
#: Findings that rest on how tall a wave is: of a doubtful scale they would be the scale's.
_OF_HEIGHT = ("ischaemia.", "infarction.", "chambers.", "repolarisation.", "pattern.", "voltage.")
#: Years beyond which a stated age is a slip of the pen.
_OLDEST = 130.0
_COLUMNS = ("j", "j60", "j80", "st_slope", "q", "q_ms", "r", "s", "t")
_EVERYWHERE = Stretch()
_measures = attrgetter(*_COLUMNS)


def facts(
    measured: Measured,
    figures: Iterable[Measurement],
    findings: Sequence[FindingLike] = (),
    codes: Iterable[str] = (),
) -> Facts:
    """What the rules of this recording are asked about.

    Parameters
    ----------
    measured : Measured
    figures : iterable of Measurement
        With their quality, as they are shown.
    findings : sequence of FindingLike
        Of the signal core.
    codes : iterable of str
        Of the flags that say what cannot be judged: doubtful leads are known by them.
    """
    told = set(codes)
    spoilt = bool(told & {*SCALE_IN_DOUBT, *WAVES_IN_DOUBT} or leads_in_doubt(told))
    scaled = "unknown.scale" not in told
    each = [lead for lead in measured.lead_measures if lead.lead and scaled]
    doubtful = frozenset(lead.lead for lead in each if spoilt or lead.reason)
    fs = measured.recording.fs if measured.rate_possible else 1.0
    return Facts(
        known=known(measured.recording),
        figures=dict(_figures(measured, (f for f in figures if scaled or f.unit != "mV"))),
        leads=_columns(each),
        findings=tuple(f for f in findings if scaled or not f.code.startswith(_OF_HEIGHT)),
        samples=int(measured.recording.samples.shape[-1]),
        margin=round(CUT_OFF * fs),
        fs=fs,
        doubtful=doubtful,
    )


def known(recording: Recording) -> Known:
    """Sex and age of the patient as the document states them; None where it does not."""
    patient = recording.patient
    day = (recording.start or datetime.now(UTC)).date()
    age = patient.age_at(day)
    possible = age is not None and 0 <= age <= _OLDEST
    sex = patient.sex if patient.sex in {Sex.MALE, Sex.FEMALE} else None
    return Known(sex=sex, age=age if possible else None)


def _figures(measured: Measured, figures: Iterable[Measurement]) -> Iterator[tuple[str, Figure]]:
    where = _where(measured)
    for made in figures:
        quantity = QUANTITIES.get(made.name)
        if quantity is None or quantity.scope is not Scope.RECORDING or made.value is None:
            continue
        stretch = where.get(made.name, _EVERYWHERE)
        certain = made.quality is Certainty.GOOD
        yield made.name, Figure(made.value, certain, stretch.beats, stretch.spans)


def _where(measured: Measured) -> Mapping[str, Stretch]:
    """The beats and spans of the figures that were not taken over the whole recording."""
    slowest, fastest = extreme_rates(measured)
    pause = measured.rhythm.pause
    longest = Stretch(spans=(Span(pause.start, pause.stop, "pause"),))
    return {"rate_slowest": slowest, "rate_fastest": fastest, "longest_pause": longest}


def _columns(leads: Sequence[LeadMeasures]) -> Mapping[str, Mapping[str, float]]:
    rows = [(lead.lead, _measures(lead)) for lead in leads]
    columns = {
        name: {lead: values[at] for lead, values in rows if values[at] is not None}
        for at, name in enumerate(_COLUMNS)
    }
    return {**columns, "r_to_s": {lead.lead: _r_to_s(lead) for lead in leads if lead.qrs_pp}}


def _r_to_s(lead: LeadMeasures) -> float:
    r, s = lead.r or 0.0, abs(lead.s or 0.0)
    return min(r / s, _NO_S) if s else (_NO_S if r else 0.0)

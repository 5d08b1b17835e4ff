"""The figures of a recording as they are stored and shown, each with what it is worth."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from farlead.analysis.measure import Measured
from farlead.model.screening import Certainty, Flag, Measurement, QtFormula
from farlead_signal.middle import middle
from farlead_signal.values import Value, unknown

#: Flags after which the beats themselves are in doubt, and with them all that rests on beats.
BEATS_IN_DOUBT = frozenset(
    {
        "unknown.rhythm", "unknown.noise", "unknown.no_lead", "unknown.vf", "unknown.flat",
        "unknown.fault", "unknown.held",
    }
)  # fmt: skip
#: Flags after which millivolts are in doubt, with the reason that the figure then gives.
SCALE_IN_DOUBT = {"unknown.scale": "scale", "unknown.saturated": "saturated"}
#: Flags after which no wave can be told from noise, however little the beats differ: hum in
#: step with the sampling is the same in every beat.
WAVES_IN_DOUBT = frozenset({"unknown.mains", "unknown.muscle"})
#: Exchanged electrodes are told as ``unknown.exchanged_KIND`` or ``lead.exchanged_KIND``; those of
#: the chest alone leave the axis as it is.
EXCHANGED, CHEST_ONLY = ".exchanged_", "precordial"
_LEADS_IN_DOUBT = {"unknown.names": "names", "unknown.contradiction": "limb_leads_contradict"}
#: What the signal core says when it was given nothing; after a fault that is not the reason.
_NOTHING_GIVEN = frozenset({"no_beats", "one_beat", "lead_missing"})
#: Where P waves are not before each beat, what the median beat shows in their place may be
#: fibrillation or flutter waves, or the P waves of some beats only.
LOOSE_P = "p_not_before_each_beat"
#: Where the P wave begins on or close behind the T wave before it, its onset is told by chance.
MEETS_T, BESIDE_T = "p_meets_t", 0.040
_OF_P = frozenset({"p_duration", "pr", "axis_p"})
_AXES = frozenset({"axis", "axis_p", "axis_t"})
_CERTAINTY: Mapping[str, Certainty] = {each.value: each for each in Certainty}


def measurements(measured: Measured, found: Sequence[Flag]) -> tuple[Measurement, ...]:
    """All figures of a recording, those that an ECG report prints first.

    Parameters
    ----------
    found : sequence of Flag
        What the rules say of the recording: a figure from doubtful beats, a doubtful scale or
        doubtful leads is doubtful.
    """
    codes = {flag.code for flag in found}
    rhythm = _rhythm(measured)
    made = [next(rhythm), *_intervals(measured), *_axes(measured), *_voltages(measured), *rhythm]
    loose = any(each.reason == LOOSE_P for each in made if each.name == "atrial_rate")
    of_p = ([LOOSE_P] if loose else []) + ([MEETS_T] if _p_meets_t(measured) else [])
    return tuple(_judged(each, codes, of_p) for each in made) if codes or of_p else tuple(made)


def _p_meets_t(measured: Measured) -> bool:
    """Whether most P waves begin less than BESIDE_T seconds after the T wave before them."""
    if measured.fiducials is None or measured.fiducials.overall is None:
        return False
    whole = measured.fiducials.overall
    end, begin = whole.t_off[:-1], whole.p_on[1:]
    gaps = (begin - end)[(end >= 0) & (begin >= 0)]
    return bool(gaps.size and middle(gaps) < BESIDE_T * measured.recording.fs)


def _judged(made: Measurement, codes: set[str], of_p: Sequence[str]) -> Measurement:
    """A good figure is doubtful where what it rests on is."""
    if made.quality is not Certainty.GOOD:
        return made
    reasons = ["beats"] if codes & BEATS_IN_DOUBT else []
    if made.source != "beats" and codes & WAVES_IN_DOUBT:
        reasons.append("noise")
    reasons += of_p if made.name in _OF_P else []
    if made.unit == "mV":
        reasons += [reason for code, reason in SCALE_IN_DOUBT.items() if code in codes]
    if made.unit == "mV" or made.name in _AXES:
        reasons += leads_in_doubt(codes, chest=made.name not in _AXES)
    return replace(made, quality=Certainty.DOUBTFUL, reason=reasons[0]) if reasons else made


def leads_in_doubt(codes: Iterable[str], *, chest: bool = True) -> list[str]:
    """Why it is in doubt which lead is which; empty where it is not.

    Parameters
    ----------
    codes : iterable of str
        Of the flags.
    chest : bool
        Whether the chest leads count too.
    """
    codes = set(codes)
    exchanged = {code.partition(EXCHANGED)[2] for code in codes} - {""}
    if not chest:
        exchanged -= {CHEST_ONLY}
    reasons = [reason for code, reason in _LEADS_IN_DOUBT.items() if code in codes]
    return reasons + (["reversed"] if exchanged else [])


def _rhythm(measured: Measured) -> Iterator[Measurement]:
    r = measured.rhythm
    counted, over = "RR intervals between beats found", "mean over 8 RR intervals"
    # Without any beat there is no stretch between beats: the flags tell what there is instead.
    longest = r.pause.seconds if r.beats else None
    for name, value, unit, method in (
        ("heart_rate", r.rate, "/min", counted),
        ("rate_slowest", r.slowest, "/min", over),
        ("rate_fastest", r.fastest, "/min", over),
        ("rr_mean", r.rr_mean, "ms", counted),
        ("rr_sd", r.rr_sd, "ms", counted),
        ("rr_cv", r.rr_cv, "1", "standard deviation over mean of the RR intervals"),
        ("longest_pause", longest, "s", "longest stretch without beat, ends included"),
        ("beats", float(r.beats) if measured.judgeable else None, "1", "beats found"),
    ):
        reason = _why_no_rhythm(measured) if value is None else ""
        yield Measurement(name, value, unit, method, reason=reason, source="beats")


def _why_no_rhythm(measured: Measured) -> str:
    whole = dict(measured.missing).get("all")
    return whole or ("no_beats" if measured.rhythm.beats == 0 else "one_beat")


def _intervals(measured: Measured) -> Iterator[Measurement]:
    found = measured.intervals
    for name in ("p_duration", "pr", "qrs", "qt"):
        yield _figure(measured, name, getattr(found, name.removesuffix("_duration")))
    corrected = {QtFormula(formula.value): value for formula, value in found.qtc.items()}
    standard = next(iter(QtFormula))
    yield _figure(measured, "qtc", corrected[standard], formula=standard)
    for formula, value in corrected.items():
        yield _figure(measured, f"qtc_{formula}", value, formula=formula)
    yield _figure(measured, "jt", found.jt)
    yield _figure(measured, "atrial_rate", found.atrial_rate, "beats")


def _axes(measured: Measured) -> Iterator[Measurement]:
    found = measured.axes
    yield _figure(measured, "axis", found.qrs)
    gone = no_p(measured)
    if gone:  # the median of what is no P wave has a direction too
        yield _figure(measured, "axis_p", unknown("°", found.p.method, gone))
    else:
        yield _figure(measured, "axis_p", found.p)
    yield _figure(measured, "axis_t", found.t)


def no_p(measured: Measured) -> str:
    """Why the median beat's P wave is not that of the beats; "" where it is."""
    found = measured.intervals.p
    return found.reason if found.value is None else ""


def _voltages(measured: Measured) -> Iterator[Measurement]:
    for name, value in measured.voltages.items():
        yield _figure(measured, name, value)


def _figure(
    measured: Measured,
    name: str,
    value: Value,
    source: str = "median_beat",
    formula: QtFormula | None = None,
) -> Measurement:
    """A value of the signal core; where nothing was looked for, the reason is why."""
    reason = value.reason
    if value.value is None and measured.missing:
        reason = measured.missing[0][1]
    elif value.value is None and measured.faults and reason in _NOTHING_GIVEN:
        reason = "fault"
    quality = _CERTAINTY[value.quality]
    return Measurement(
        name, value.value, value.unit, value.method, quality, reason, source, formula
    )

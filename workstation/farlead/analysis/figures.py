"""The figures of a recording as they are stored and shown, each with what it is worth."""

from collections.abc import Iterator, Sequence

from farlead.analysis.measure import Measured
from farlead.model.screening import Certainty, Flag, Measurement

#: Flags after which the beats themselves are in doubt, and with them all that is counted in beats.
BEATS_IN_DOUBT = {
    "unknown.rhythm", "unknown.noise", "unknown.no_lead", "unknown.vf", "unknown.flat",
    "unknown.fault",
}  # fmt: skip


def measurements(measured: Measured, found: Sequence[Flag]) -> tuple[Measurement, ...]:
    """All figures of a recording.

    Parameters
    ----------
    found : sequence of Flag
        What the rules say of the recording: a figure from doubtful beats is doubtful.
    """
    codes = {flag.code for flag in found}
    return tuple(_rhythm(measured, in_doubt=bool(codes & BEATS_IN_DOUBT)))


def _rhythm(measured: Measured, *, in_doubt: bool) -> Iterator[Measurement]:
    r = measured.rhythm
    counted, over = "RR intervals between beats found", "mean over 8 RR intervals"
    worth, doubt = (Certainty.DOUBTFUL, "beats") if in_doubt else (Certainty.GOOD, "")
    # Without any beat there is no stretch between beats: the flags tell what there is instead.
    longest = r.pause.seconds if r.beats else None
    for name, value, unit, method in (
        ("heart_rate", r.rate, "/min", counted),
        ("rr_mean", r.rr_mean, "ms", counted),
        ("rr_sd", r.rr_sd, "ms", counted),
        ("rr_cv", r.rr_cv, "1", "standard deviation over mean of the RR intervals"),
        ("rate_slowest", r.slowest, "/min", over),
        ("rate_fastest", r.fastest, "/min", over),
        ("longest_pause", longest, "s", "longest stretch without beat, ends included"),
    ):
        reason = _why_no_rhythm(measured) if value is None else doubt
        yield Measurement(name, value, unit, method, worth, reason, "beats")
    counted_beats = float(r.beats) if measured.rate_possible else None
    reason = doubt if counted_beats is not None else _why_no_rhythm(measured)
    yield Measurement("beats", counted_beats, "1", "beats found", worth, reason, "beats")


def _why_no_rhythm(measured: Measured) -> str:
    if not measured.rate_possible or measured.recording.samples.size == 0:
        return dict(measured.missing).get("all", "sampling_rate")
    return "no_beats" if measured.rhythm.beats == 0 else "one_beat"

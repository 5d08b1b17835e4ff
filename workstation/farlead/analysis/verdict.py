"""One verdict on the signal: fit, fit with remark, or to be taken again, and one sentence.

The sentence is for the technician at the unit: what is wrong, and what to do about it. Where
several things are wrong it is about the one that is to be mended first.
"""

from collections.abc import Sequence

from farlead.messages import Message, message
from farlead.model.screening import Flag, Quality

#: Flags with which the recording is to be taken again, and those that are a remark, each in the
#: order in which they are mended; what makes all the others worthless comes first.
RETAKEN = (
    "unknown.empty",
    "unknown.sampling",
    "unknown.flat",
    "unknown.leads",
    "unknown.no_lead",
    "unknown.scale",
    "unknown.saturated",
    "unknown.names",
    "unknown.mains",
    "unknown.muscle",
    "unknown.contradiction",
    "unknown.exchanged_rl",
    "unknown.exchanged_la_ra",
    "unknown.exchanged_ra_ll",
    "unknown.held",
    "unknown.noise",
    "unknown.waves",
    "unknown.short",
)
REMARKED = (
    "lead.exchanged_la_ra",
    "lead.exchanged_ra_ll",
    "lead.exchanged_rl",
    "lead.exchanged_dextrocardia",
    "lead.exchanged_la_ll",
    "lead.exchanged_precordial",
    "lead.missing",
    "lead.flat",
    "lead.saturated",
    "lead.pops",
    "lead.mains",
    "lead.noisy",
    "lead.wander",
)


def verdict(found: Sequence[Flag]) -> tuple[Quality, Message | None]:
    """Whether this recording may be read, and what the technician should do.

    Parameters
    ----------
    found : sequence of Flag
        All flags of the recording.

    Returns
    -------
    Quality, Message or None
        No sentence when the signal is fit.
    """
    by_code = {flag.code: flag for flag in reversed(found)}
    for quality, codes in ((Quality.RETAKE, RETAKEN), (Quality.FIT_WITH_REMARK, REMARKED)):
        for code in codes:
            if code in by_code:
                return quality, _sentence(code, by_code[code])
    return Quality.FIT, None


def _sentence(code: str, flag: Flag) -> Message:
    name = code.removeprefix("unknown.").removeprefix("lead.")
    again = "" if code.startswith("unknown.") else "remark."
    return message(f"verdict.{again}{name}", leads=", ".join(flag.leads))

"""How a figure is called and written, wherever it is shown: window, report, terminal."""

from farlead.messages import Message, catalogue, message
from farlead.model.screening import Certainty, EvidenceValue, Measurement

#: Digits behind the point that a figure of this unit deserves.
_DIGITS = {"mV": 2, "mV/s": 1, "s": 2, "1": 2}


def written(value: float, unit: str) -> str:
    """A value with the digits of its unit, a true minus and no negative zero."""
    shown = f"{value:.{_DIGITS.get(unit, 0)}f}"
    if float(shown) == 0:
        shown = shown.lstrip("-")
    return shown.replace("-", "−")


def written_of(made: Measurement) -> str:
    """The value of a measurement as it is written; a dash where it is unknown."""
    if made.value is None:
        return "—"
    return f"{made.value:.0f}" if made.name == "beats" else written(made.value, made.unit)


def written_in_lead(value: float | None, unit: str, reason: str) -> str:
    """A value of the table of leads: empty for a wave that is not there, a dash for unknown."""
    if value is not None:
        return written(value, unit)
    return "" if reason == "no_wave" or "_absent" in reason else "—"


def unit_of(unit: str) -> Message | None:
    """Words of a unit that has some, such as beats per minute; None: it is written as it is."""
    return message("reporting.per_minute") if unit == "/min" else None


def caption(made: Measurement) -> Message:
    """Full name of a measurement; a corrected QT names its formula."""
    if made.name == "qtc" and made.formula is not None:
        return message("measurement.qtc_by", letters=made.formula.letters)
    return message(f"measurement.{made.name}")


def why(made: Measurement) -> Message | None:
    """Why a figure is unknown or doubtful; None for a good one."""
    if made.quality is Certainty.GOOD:
        return None
    reason = made.reason or "not_measured"
    kind = "unknown" if made.value is None else "doubtful"
    return message(f"measurement.{kind}", reason=f"@measurement.reason.{reason}")


def named(value: EvidenceValue) -> Message:
    """What an evidence is a measure of: a quantity of a lead, or of the whole recording."""
    rooms = ("lead_quantity", "measurement") if value.lead else ("measurement", "lead_quantity")
    found = (f"{room}.{value.measure}" for room in rooms)
    known = next((identifier for identifier in found if identifier in catalogue()), None)
    return message(known) if known else message("measurement.other", name=value.measure)


def written_evidence(value: EvidenceValue) -> str:
    """Value and unit of an evidence: ``−0.90 mV``; a dash where it is unknown."""
    if value.value is None:
        return "—"
    shown = written(value.value, value.unit)
    if value.unit in ("1", "/min", "°"):  # the words around say what a rate is
        return shown + value.unit.removeprefix("1")
    return f"{shown} {value.unit}"

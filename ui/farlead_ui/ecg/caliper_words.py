"""What a caliper says, as a message in both languages; no Qt."""

from farlead.messages import Message, in_both, message
from farlead.model.figures import written
from farlead.model.screening import QtFormula
from farlead_signal.filters import ORIGINAL, Setting
from farlead_signal.qt import QtFormula as Formula
from farlead_signal.qt import qtc
from farlead_ui.ecg.caliper import Caliper, Kind
from farlead_ui.ecg.filtering import band_text
from farlead_ui.ecg.tape import Tape

#: Rates beyond these are not said: nobody counts beats with such a distance.
_RATES = (10.0, 600.0)


def said(caliper: Caliper, tape: Tape, formula: QtFormula) -> Message:
    """Interval and rate, voltage, or QT and QTc; lead and filter where there are any."""
    found = _value(caliper, tape, formula)
    if caliper.march:
        found = message("caliper.marched", **in_both("value", found))
    if caliper.lead is not None:
        lead = tape.leads[caliper.lead]
        found = message("caliper.in_lead", lead=lead, **in_both("value", found))
    return found if tape.setting == ORIGINAL else _filtered(found, tape.setting)


def _filtered(found: Message, setting: Setting) -> Message:
    """Under which filter it was measured: beside the value wherever it is said."""
    band, mains = band_text(setting), f"{setting.mains or 0:g}"
    value = in_both("value", found)
    if setting.mains is None:
        return message("caliper.filtered", band=band, **value)
    if not band:
        return message("caliper.filtered_mains", mains=mains, **value)
    return message("caliper.filtered_both", band=band, mains=mains, **value)


def _value(caliper: Caliper, tape: Tape, formula: QtFormula) -> Message:
    ms = caliper.ms(tape.fs)
    if caliper.kind is Kind.VOLTAGE:
        signed = written(caliper.millivolts, "mV")
        shown = f"+{signed}" if caliper.millivolts >= 0.005 else signed
        return message("caliper.voltage", mv=shown, ms=f"{ms:.0f}")
    if caliper.tangent is not None:
        return _qt(caliper, tape, formula)
    rate = 60_000.0 / ms if ms else 0.0
    if not _RATES[0] <= rate <= _RATES[1]:
        return message("caliper.short", ms=f"{ms:.0f}")
    return message("caliper.time", ms=f"{ms:.0f}", rate=f"{rate:.0f}")


def _qt(caliper: Caliper, tape: Tape, formula: QtFormula) -> Message:
    """QT to the tangent's end itself, not to the sample where the leg lies."""
    start, rr = caliper.legs[0].sample, tape.rr
    end = caliper.tangent.end if caliper.tangent is not None else caliper.legs[1].sample
    qt = (end - start) / tape.fs * 1000.0
    if rr is None or qt <= 0:
        return message("caliper.qt_alone", qt=f"{qt:.0f}")
    corrected = qtc(qt, rr, Formula(str(formula)))
    return message("caliper.qt", qt=f"{qt:.0f}", qtc=f"{corrected:.0f}", letters=formula.letters)

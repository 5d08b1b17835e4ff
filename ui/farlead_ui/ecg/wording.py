"""The sheet's state in words, for the control words and the sheet alike."""

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication

from farlead_ui.ecg.filter_words import warning_text
from farlead_ui.ecg.gain import Gain
from farlead_ui.ecg.model import LOWEST_RATE, STANDARD_BANDWIDTH, SheetModel
from farlead_ui.ecg.speeds import time_written, written

#: From this length on, in seconds, times are said in hours, minutes and seconds.
LONG = 120.0


def number(value: float) -> str:
    """Figure with at most two decimals and without idle zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def speed_text(speed: float) -> str:
    """Paper speed."""
    return written(speed)


def gain_text(gain: Gain) -> str:
    """Gain, of limb and chest leads where they differ; said where it was chosen automatically."""
    text = f"{number(gain.limb)} mm/mV"
    if gain.apart:
        both = QCoreApplication.translate("Sheet", "Limb {limb}, chest {chest} mm/mV")
        text = both.format(limb=number(gain.limb), chest=number(gain.chest))
    if not gain.automatic:
        return text
    return QCoreApplication.translate("Sheet", "{gain} automatic").format(gain=text)


def not_standard(value: str) -> str:
    """Value with the word that it is not the standard one."""
    return QCoreApplication.translate("Sheet", "{value} not standard").format(value=value)


def bandwidth_text(model: SheetModel) -> str:
    """Bandwidth of the device that recorded; said when the file does not tell."""
    device = model.recording.device if model.recording else None
    if device is None:
        return ""
    if device.high_pass is None and device.low_pass is None:
        return QCoreApplication.translate("Sheet", "Device filter not stated")
    low = "?" if device.high_pass is None else number(device.high_pass)
    high = "?" if device.low_pass is None else number(device.low_pass)
    return f"{low}–{high} Hz"


def bandwidth_standard(model: SheetModel) -> bool:
    """False where the device is known to have cut into the diagnostic bandwidth."""
    device = model.recording.device if model.recording else None
    if device is None:
        return True
    low, high = device.high_pass, device.low_pass
    return (low is None or low <= STANDARD_BANDWIDTH[0]) and (
        high is None or high >= STANDARD_BANDWIDTH[1]
    )


def notch_text(model: SheetModel) -> str | None:
    """The device's mains filter, where it had one."""
    device = model.recording.device if model.recording else None
    if device is None or not device.notch:
        return None
    text = QCoreApplication.translate("Sheet", "Device mains filter {value} Hz")
    return text.format(value=number(device.notch))


def page_text(model: SheetModel) -> str:
    """Which seconds of how many the page shows."""
    total = model.recording.duration if model.recording else 0.0
    start, stop = model.seconds
    if total >= LONG:
        begun, ended = time_written(start, tenths=True), time_written(stop, tenths=True)
        from_start = f"{begun}–{ended} / {time_written(total)}"
        clock = model.recording.start if model.recording else None
        return from_start if clock is None else f"{_clock(clock, start)} · {from_start}"
    text = QCoreApplication.translate("Sheet", "{start}–{stop} s of {total} s")
    return text.format(start=number(start), stop=number(stop), total=number(total))


def _clock(begun: datetime, seconds: float) -> str:
    """Time of day so many seconds after the start."""
    return f"{begun + timedelta(seconds=round(seconds)):%H:%M:%S}"


def calibration_text(px_per_mm: float | None) -> str:
    """Whether a ruler was laid on this screen, and what it told."""
    if px_per_mm is None:
        return QCoreApplication.translate("Sheet", "Not calibrated")
    text = QCoreApplication.translate("Sheet", "Calibrated {value} px/mm")
    return text.format(value=f"{px_per_mm:.2f}")


def warnings_of(model: SheetModel) -> list[str]:
    """Everything about device and display that is not standard."""
    found = []
    if not model.speed_standard:
        found.append(not_standard(speed_text(model.speed)))
    if not model.gain_standard:
        found.append(not_standard(gain_text(model.gains)))
    if filtered := warning_text(model.filters):
        found.append(filtered)
    if not bandwidth_standard(model):
        found.append(not_standard(bandwidth_text(model)))
    if model.recording is not None and model.recording.fs < LOWEST_RATE:
        text = QCoreApplication.translate("Sheet", "Sampled at {value} Hz, no bandwidth of 150 Hz")
        found.append(text.format(value=number(model.recording.fs)))
    return found

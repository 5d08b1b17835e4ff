"""The display filter in words: what is on, and what it may hide."""

from PySide6.QtCore import QCoreApplication

from farlead_signal.filters import ORIGINAL, Setting
from farlead_ui.ecg.filtering import FilterModel, band_text


def _noted(text: str) -> str:
    return QCoreApplication.translate("Filter", text)


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:  # noqa: N802  # the name lupdate looks for
    """Mark a text for translation where it is only noted down."""
    return text


# fmt: off
_BASELINE = {
    0.05: QT_TRANSLATE_NOOP("Filter", "takes slow drift; ST stays"),
    0.15: QT_TRANSLATE_NOOP("Filter", "slow shifts of ST may be smaller"),
    0.5: QT_TRANSLATE_NOOP("Filter", "ST may be shown too high or too low"),
}
_MUSCLE = {
    150.0: QT_TRANSLATE_NOOP("Filter", "pacing spikes are lower"),
    100.0: QT_TRANSLATE_NOOP("Filter", "pacing spikes and narrow QRS are lower"),
    40.0: QT_TRANSLATE_NOOP("Filter", "may hide notches and pacing spikes; QRS is lower"),
    35.0: QT_TRANSLATE_NOOP("Filter", "may hide notches and pacing spikes; QRS is lower"),
    25.0: QT_TRANSLATE_NOOP("Filter", "may hide q waves, notches, pacing spikes; QRS low and wide"),
}
_MAINS = QT_TRANSLATE_NOOP("Filter", "may hide poor electrode contact; QRS stays")
# fmt: on


def setting_text(setting: Setting) -> str:
    """What is on: ``0.5–40 Hz · mains 50 Hz``."""
    if setting == ORIGINAL:
        return QCoreApplication.translate("Filter", "original")
    mains = ""
    if setting.mains is not None:
        text = QCoreApplication.translate("Filter", "mains {value} Hz")
        mains = text.format(value=f"{setting.mains:g}")
    return " · ".join(part for part in (band_text(setting), mains) if part)


def state_text(model: FilterModel) -> str:
    """The control word."""
    if model.held:
        return QCoreApplication.translate("Filter", "Filter: original while held")
    if model.on and model.waived:
        return QCoreApplication.translate("Filter", "Filter: not used here")
    if model.pending:
        return QCoreApplication.translate("Filter", "Filter: being made, original shown")
    text = QCoreApplication.translate("Filter", "Filter: {setting}")
    return text.format(setting=setting_text(model.chosen))


def warning_text(model: FilterModel) -> str | None:
    """Said large where the filter takes of the diagnostic bandwidth; None where it does not."""
    if model.standard or model.shown == ORIGINAL:
        return None
    band = band_text(model.chosen)
    text = QCoreApplication.translate("Filter", "Screen filter {band} not standard")
    return text.format(band=band)


def hides(setting: Setting) -> list[str]:
    """What each part of a filter may hide, with its figure."""
    found = []
    if setting.baseline is not None:
        found.append(f"{setting.baseline:g} Hz: {_noted(_BASELINE[setting.baseline])}")
    if setting.muscle is not None:
        found.append(f"{setting.muscle:g} Hz: {_noted(_MUSCLE[setting.muscle])}")
    if setting.mains is not None:
        found.append(f"{setting.mains:g} Hz: {_noted(_MAINS)}")
    return found

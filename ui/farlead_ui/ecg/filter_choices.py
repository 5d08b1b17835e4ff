"""What the filter's control word offers: each part, with what it may hide beside it."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QCoreApplication

from farlead_signal.filters import BASELINES, MAINS, MUSCLES, ORIGINAL, Setting
from farlead_ui.control_word import Choice, heading
from farlead_ui.ecg.filter_words import hides
from farlead_ui.ecg.filtering import FilterModel


def filter_choices(model: FilterModel) -> list[Choice]:
    """Entries of the menu; what the sampling rate cannot have is left out."""
    original = QCoreApplication.translate("Filter", "Original, no filter")
    return [
        Choice(original, not model.on, partial(model.choose, ORIGINAL)),
        heading(QCoreApplication.translate("Filter", "Baseline")),
        *_part(model, "baseline", {value: Setting(baseline=value) for value in BASELINES}),
        heading(QCoreApplication.translate("Filter", "Mains")),
        *_part(model, "mains", {value: Setting(mains=value) for value in MAINS}),
        heading(QCoreApplication.translate("Filter", "Muscle")),
        *_part(model, "muscle", {value: Setting(muscle=value) for value in MUSCLES}),
    ]


def _part(model: FilterModel, part: str, settings: Mapping[float, Setting]) -> list[Choice]:
    now = getattr(model.chosen, part)
    off = QCoreApplication.translate("Filter", "Off")
    return [
        Choice(off, now is None, partial(model.choose_part, part, None)),
        *(
            Choice(hides(setting)[0], now == value, partial(model.choose_part, part, value))
            for value, setting in settings.items()
            if model.possible(setting)
        ),
    ]

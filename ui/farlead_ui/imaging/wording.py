"""The image's state in words, for the bar and the corners."""

from PySide6.QtCore import QCoreApplication

from farlead.model.recording import Window
from farlead_ui.imaging.cine import ASSUMED_RATE
from farlead_ui.imaging.model import ImageModel

translate = QCoreApplication.translate

_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "H": "F", "F": "H"}


def opposite(direction: str) -> str:
    """Patient direction on the other side: ``LA`` becomes ``RP``; unknown letters stay out."""
    return "".join(_OPPOSITE.get(letter, "") for letter in direction)


def not_for_diagnosis() -> str:
    """The mark that every image carries until the full viewer is there."""
    return translate("Images", "For viewing, not for diagnosis")


def number(value: float) -> str:
    """Short figure with a true minus."""
    text = f"{value:.0f}" if abs(value) >= 10 or value == int(value) else f"{value:.2f}"
    return text.replace("-", "−")


def window_text(window: Window) -> str:
    """Width and centre."""
    text = translate("Images", "W {width}  L {centre}")
    return text.format(width=number(window.width), centre=number(window.centre))


def preset_text(window: Window) -> str:
    """Name of a preset, or its figures where it has none."""
    figures = window_text(window)
    return f"{window.name} · {figures}" if window.name else figures


def window_word(model: ImageModel) -> str:
    """What the window word says."""
    if model.custom:
        return translate("Images", "Own window · {figures}").format(
            figures=window_text(model.window)
        )
    if not model.presets:
        return translate("Images", "Automatic window · {figures}").format(
            figures=window_text(model.window)
        )
    return preset_text(model.window)


def frame_text(model: ImageModel) -> str:
    """Which slice or frame of how many."""
    return f"{model.index + 1} / {model.count}"


def zoom_text(model: ImageModel) -> str:
    """Zoom against the size that fits."""
    if abs(model.zoom - 1.0) < 1e-6 and model.pan == (0.0, 0.0):
        return translate("Images", "Fits")
    return f"{round(100 * model.zoom)} %"


def cine_text(model: ImageModel) -> str:
    """Play or stop, and whether the file states the frame times."""
    cine = model.cine
    verb = translate("Images", "Pause") if model.playing else translate("Images", "Play")
    if cine is None or cine.stated:
        return verb
    text = translate("Images", "{verb} · {rate} frames/s, not stated in the file")
    return text.format(verb=verb, rate=number(ASSUMED_RATE))


def laterality_text(laterality: str | None) -> str:
    """Side of the body."""
    names = {
        "L": translate("Images", "Left (L)"),
        "R": translate("Images", "Right (R)"),
        "B": translate("Images", "Both sides (B)"),
        "U": translate("Images", "Unpaired (U)"),
    }
    return names.get(laterality or "", laterality or "")


def failure_texts(model: ImageModel) -> list[str]:
    """Why objects of the study are not shown."""
    found = list(model.failures)
    if model.empty:
        text = translate("Images", "Objects without pixels: {count}. Ask the unit to send again.")
        found.append(text.format(count=model.empty))
    return found

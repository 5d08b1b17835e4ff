"""State of the image view, without Qt: which series and frame, window, zoom, cine."""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from farlead.model.recording import ImageStudy, Modality, Window
from farlead_ui.imaging.cine import Cine, cine_of
from farlead_ui.imaging.series import Series, in_series
from farlead_ui.imaging.window import automatic

#: Frames of these are slices or pages, unless the file gives them times.
_LEAFED = (Modality.CT, Modality.MR, Modality.DOCUMENT)
ZOOM_RANGE = (0.25, 32.0)
ZOOM_STEP = 1.25


def _milliseconds() -> float:
    return time.perf_counter() * 1000.0


class ImageModel:
    """What the image view shows. The view subscribes; only this is written to.

    Signals (without arguments): `images_changed`, `frame_changed` (series or frame),
    `window_changed` (window, preset, inversion), `zoom_changed` (zoom, pan), `cine_changed`.

    Parameters
    ----------
    clock : callable
        Milliseconds that only grow.
    """

    images_changed = Signal()
    frame_changed = Signal()
    window_changed = Signal()
    zoom_changed = Signal()
    cine_changed = Signal()

    def __init__(self, clock: Callable[[], float] = _milliseconds) -> None:
        self._clock = clock
        self._series: tuple[Series, ...] = ()
        self._failures: tuple[str, ...] = ()
        self._notes: tuple[str, ...] = ()
        self._empty = 0
        self._at = 0
        self._leaf = 0
        self._preset = 0
        self._custom: Window | None = None
        self._automatic: tuple[ImageStudy, Window] | None = None
        self._inverted = False
        self._zoom = 1.0
        self._pan = (0.0, 0.0)
        self._started: float | None = None

    # -- what is shown ------------------------------------------------------------------------

    def show(
        self,
        images: Sequence[ImageStudy],
        failures: Sequence[str] = (),
        notes: Sequence[str] = (),
    ) -> None:
        """Show the images of a study.

        Parameters
        ----------
        images : sequence of ImageStudy
        failures : sequence of str
            For each object that could not be read: what, where and what to do, in the reader's
            language. Always visible beside the images, or instead of them.
        notes : sequence of str
            What the readers of the files had to do or doubt; visible beside the images.
        """
        usable = [image for image in images if image.frames.size or image.text]
        self._series = in_series(usable)
        self._failures = tuple(failures)
        self._notes = tuple(dict.fromkeys(notes))
        self._empty = len(images) - len(usable)
        self._at = self._leaf = 0
        self._started = None
        self._reset_view()
        self.images_changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        self.show(())

    def fail(self, reason: str) -> None:
        """Show that, and why, there is no image."""
        self.show((), (reason,))

    @property
    def series(self) -> tuple[Series, ...]:
        """All series of the study."""
        return self._series

    @property
    def failures(self) -> tuple[str, ...]:
        """Why objects of the study are not shown."""
        return self._failures

    @property
    def notes(self) -> tuple[str, ...]:
        """What the readers of the files had to do or doubt, each once."""
        return self._notes

    @property
    def empty(self) -> int:
        """How many objects of the study hold no pixels."""
        return self._empty

    @property
    def series_index(self) -> int:
        """Series shown, from 0."""
        return self._at

    @property
    def image(self) -> ImageStudy | None:
        """Image shown; None when there is none."""
        if not self._series:
            return None
        series = self._series[self._at]
        return series.images[series.leaves[self._leaf][0]]

    @property
    def frame(self) -> NDArray[np.generic] | None:
        """Pixels shown: (rows, columns) or (rows, columns, 3); None for a text."""
        image = self.image
        if image is None or image.text:
            return None
        frame: NDArray[np.generic] = image.frames[self._series[self._at].leaves[self._leaf][1]]
        return frame

    @property
    def text(self) -> tuple[str, ...]:
        """Lines of the report that is shown instead of a picture; empty for pictures."""
        return self.image.text if self.image is not None else ()

    @property
    def index(self) -> int:
        """Slice or frame shown, from 0."""
        return self._leaf

    @property
    def count(self) -> int:
        """Slices or frames of the series."""
        return len(self._series[self._at].leaves) if self._series else 0

    def set_series(self, index: int) -> None:
        """Show another series from its first slice; one outside changes nothing."""
        if 0 <= index < len(self._series) and index != self._at:
            self._at, self._leaf = index, 0
            self._started = None
            self._reset_view()
            self.frame_changed.emit()
            self.cine_changed.emit()

    def next_series(self) -> None:
        """Show the following series."""
        self.set_series(self._at + 1)

    def previous_series(self) -> None:
        """Show the series before."""
        self.set_series(self._at - 1)

    def set_index(self, index: int) -> None:
        """Leaf to a slice or frame; playing stops there. One outside is the nearest."""
        self._stop()
        self._turn_to(index)

    def next_frame(self) -> None:
        """One slice or frame on."""
        self.set_index(self._leaf + 1)

    def previous_frame(self) -> None:
        """One slice or frame back."""
        self.set_index(self._leaf - 1)

    def first_frame(self) -> None:
        """To the first slice or frame."""
        self.set_index(0)

    def last_frame(self) -> None:
        """To the last slice or frame."""
        self.set_index(self.count - 1)

    def _turn_to(self, index: int) -> None:
        index = min(max(index, 0), self.count - 1)
        if self._series and index != self._leaf:
            self._leaf = index
            self.frame_changed.emit()

    # -- window -------------------------------------------------------------------------------

    @property
    def window(self) -> Window:
        """Window in use: the reader's own, the file's preset, or one made from the values."""
        image = self.image
        if self._custom is not None:
            return self._custom
        if image is None:
            return Window(128.0, 256.0)
        if image.windows:
            return image.windows[min(self._preset, len(image.windows) - 1)]
        if self._automatic is None or self._automatic[0] is not image:
            self._automatic = (image, automatic(image))
        return self._automatic[1]

    @property
    def presets(self) -> tuple[Window, ...]:
        """The file's own windows."""
        return self.image.windows if self.image else ()

    @property
    def preset(self) -> int | None:
        """Preset in use; None: the reader's own window, or the file has none."""
        if self._custom is not None or not self.presets:
            return None
        return min(self._preset, len(self.presets) - 1)

    @property
    def custom(self) -> bool:
        """Whether the reader has set a window."""
        return self._custom is not None

    @property
    def inverted(self) -> bool:
        """Whether low values are bright: by the file, turned over by the reader."""
        image = self.image
        return self._inverted != (image is not None and image.inverted)

    @property
    def inverted_by_reader(self) -> bool:
        """Whether the reader has turned the grey scale over."""
        return self._inverted

    def set_window(self, centre: float, width: float) -> None:
        """Use a window of the reader's own; colour images have none."""
        if self.image is not None and not self.image.colour:
            self._custom = Window(centre, max(width, 1e-3))
            self.window_changed.emit()

    def drag_window(self, right: float, down: float) -> None:
        """Change the window by a drag in pixels: right widens, up brightens."""
        window = self.window
        step = max(window.width, 1e-3) / 256.0
        least = 1.0 if self.image is not None and self.image.frames.dtype.kind in "iu" else 1e-3
        self.set_window(window.centre + down * step, max(window.width + right * step, least))

    def next_preset(self) -> None:
        """Use the file's next window; after the last one, or from an own one, the first."""
        at = self.preset
        self.set_preset(0 if at is None else (at + 1) % len(self.presets))

    def set_preset(self, index: int) -> None:
        """Use one of the file's windows, or without any the automatic one."""
        self._custom = None
        self._preset = min(max(index, 0), max(len(self.presets) - 1, 0))
        self.window_changed.emit()

    def toggle_inverted(self) -> None:
        """Turn the grey scale over; colour images stay."""
        if self.image is not None and not self.image.colour:
            self._inverted = not self._inverted
            self.window_changed.emit()

    # -- zoom ---------------------------------------------------------------------------------

    @property
    def zoom(self) -> float:
        """Factor against the size that fits the view."""
        return self._zoom

    @property
    def pan(self) -> tuple[float, float]:
        """Where the view's middle lies, in image pixels from the image's middle."""
        return self._pan

    def zoom_by(self, factor: float, about: tuple[float, float] = (0.0, 0.0)) -> None:
        """Zoom so that a point stays where it is.

        Parameters
        ----------
        factor : float
            Above 1 enlarges.
        about : (float, float)
            The point, in image pixels from the middle of the view.
        """
        zoom = min(max(self._zoom * factor, ZOOM_RANGE[0]), ZOOM_RANGE[1])
        kept = 1.0 - self._zoom / zoom
        self._pan = self._bounded(self._pan[0] + about[0] * kept, self._pan[1] + about[1] * kept)
        self._zoom = zoom
        self.zoom_changed.emit()

    def zoom_in(self) -> None:
        """Enlarge by one step."""
        self.zoom_by(ZOOM_STEP)

    def zoom_out(self) -> None:
        """Shrink by one step."""
        self.zoom_by(1 / ZOOM_STEP)

    def fit(self) -> None:
        """Show the whole image."""
        self._zoom, self._pan = 1.0, (0.0, 0.0)
        self.zoom_changed.emit()

    def pan_by(self, right: float, down: float) -> None:
        """Move the view's middle by image pixels; it stays on the image."""
        self._pan = self._bounded(self._pan[0] + right, self._pan[1] + down)
        self.zoom_changed.emit()

    def _bounded(self, x: float, y: float) -> tuple[float, float]:
        frame = self.frame
        if frame is None:
            return 0.0, 0.0
        half_height, half_width = frame.shape[0] / 2, frame.shape[1] / 2
        return min(max(x, -half_width), half_width), min(max(y, -half_height), half_height)

    def _reset_view(self) -> None:
        self._zoom, self._pan = 1.0, (0.0, 0.0)
        self._preset, self._custom, self._inverted = 0, None, False

    # -- cine ---------------------------------------------------------------------------------

    @property
    def cine(self) -> Cine | None:
        """Time line of the clip shown; None when there is nothing to play.

        Frames of CT and MR without times are slices.
        """
        image = self.image
        if image is None or len(self._series[self._at].images) > 1:
            return None
        if image.frame_times is None and image.modality in _LEAFED:
            return None
        return cine_of(image.frame_times, len(image.frames))

    @property
    def playing(self) -> bool:
        """Whether the clip runs."""
        return self._started is not None

    def toggle_play(self) -> None:
        """Play from the frame shown, or stop."""
        cine = self.cine
        if self.playing:
            self._stop()
        elif cine is not None:
            self._started = self._clock() - float(cine.starts[self._leaf])
            self.cine_changed.emit()

    def tick(self) -> float | None:
        """Turn to the frame that is due now, skipping those that are late.

        Returns
        -------
        float or None
            Milliseconds until the next frame is due; None when nothing plays.
        """
        cine = self.cine
        if self._started is None or cine is None:
            return None
        elapsed = self._clock() - self._started
        self._turn_to(cine.frame_at(elapsed))
        return cine.until_next(elapsed)

    def _stop(self) -> None:
        if self._started is not None:
            self._started = None
            self.cine_changed.emit()

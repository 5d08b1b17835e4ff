"""Series of images in the order in which they are leafed through."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import ImageStudy


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Images that belong together; each frame of each image is one leaf.

    Parameters
    ----------
    images : tuple of ImageStudy
        In the order of their slices.
    leaves : tuple of (int, int)
        Image and frame of each leaf.
    """

    images: tuple[ImageStudy, ...]
    leaves: tuple[tuple[int, int], ...]

    @property
    def title(self) -> str:
        """Modality and description, as far as the file tells."""
        first = self.images[0]
        return " ".join(p for p in (str(first.modality), first.description, first.body_part) if p)


def in_series(images: Sequence[ImageStudy]) -> tuple[Series, ...]:
    """Group images by series, in the order in which the series first come, and sort each.

    Slices go by their position along the axis on which they spread most, then by instance
    number; images without either keep the order in which they came. An image without a series
    is a series of its own, and so is each clip of several frames and each report.
    """
    groups: dict[object, list[ImageStudy]] = {}
    for n, image in enumerate(images):
        alone = image.series_uid is None or len(image.frames) > 1 or bool(image.text)
        groups.setdefault(n if alone else image.series_uid, []).append(image)
    return tuple(_series(group) for group in groups.values())


def _series(images: list[ImageStudy]) -> Series:
    ordered = tuple(images[i] for i in _order(images))
    leaves = tuple((i, f) for i, image in enumerate(ordered) for f in range(_leaves(image)))
    return Series(ordered, leaves)


def _leaves(image: ImageStudy) -> int:
    """Frames; a report that is text is one leaf."""
    return 1 if image.text else len(image.frames)


def _order(images: list[ImageStudy]) -> list[int]:
    along = _along(images)
    if along is None:
        along = np.zeros(len(images))

    def key(i: int) -> tuple[float, bool, int, int]:
        instance = images[i].instance_number
        return float(along[i]), instance is None, instance or 0, i

    return sorted(range(len(images)), key=key)


def _along(images: list[ImageStudy]) -> NDArray[np.float64] | None:
    """Position of each slice in millimetres on the axis of greatest spread, to 0.01 mm."""
    positions = [image.position for image in images if image.position is not None]
    if len(positions) < len(images):
        return None
    table = np.array(positions)
    return np.asarray(np.round(table[:, np.argmax(np.ptp(table, axis=0))], 2), dtype=np.float64)

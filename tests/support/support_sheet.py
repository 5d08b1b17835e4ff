"""Recordings and images made for the tests of sheet and image view."""

import numpy as np
from numpy.typing import NDArray

from farlead.model.recording import Device, ImageStudy, Modality, Recording

TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")
EIGHT = ("I", "II", "V1", "V2", "V3", "V4", "V5", "V6")
FIFTEEN = (*TWELVE, "V7", "V8", "V9")
EIGHTEEN = (*FIFTEEN, "V3R", "V4R", "V5R")
TWO = ("MLII", "V5")

STANDARD_DEVICE = Device(high_pass=0.05, low_pass=150.0)


def recording(
    leads: tuple[str, ...] = TWELVE,
    *,
    fs: float = 500.0,
    seconds: float = 10.0,
    device: Device = STANDARD_DEVICE,
    samples: NDArray[np.floating] | None = None,
) -> Recording:
    """A flat recording, or one with these samples."""
    if samples is None:
        samples = np.zeros((len(leads), round(fs * seconds)))
    return Recording(samples.astype(np.float32), leads, fs, device=device)


def beats(fs: float = 500.0, seconds: float = 10.0, leads: int = 12) -> NDArray[np.float64]:
    """Something like an ECG, shape (leads, n), one beat a second."""
    t = np.arange(round(fs * seconds)) / fs
    phase = t % 1.0
    wave = (
        1.2 * np.exp(-(((phase - 0.4) / 0.012) ** 2))
        + 0.3 * np.exp(-(((phase - 0.65) / 0.05) ** 2))
        + 0.1 * np.exp(-(((phase - 0.25) / 0.03) ** 2))
    )
    scale = np.linspace(-1.0, 1.5, leads)[:, None]
    noise = np.random.default_rng(1).normal(0, 0.01, (leads, len(t)))
    return np.asarray(scale * wave + noise)


def image(
    frames: NDArray[np.generic], *, modality: Modality = Modality.CT, **rest: object
) -> ImageStudy:
    """An image object with these frames and attributes."""
    return ImageStudy(frames, modality, **rest)  # type: ignore[arg-type]

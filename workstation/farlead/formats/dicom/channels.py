"""One multiplex group of a DICOM waveform: stored numbers to millivolts.

Value = sample × Channel Sensitivity × Sensitivity Correction Factor + Channel Baseline, in
the channel's own unit; nothing else is done to the samples.

References
----------
DICOM PS3.3 C.10.9.1.4 (Waveform channels: sensitivity, baseline, skew, bits stored, padding).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.dicom.attributes import Attributes, tag_text
from farlead.formats.leads import by_code, by_text
from farlead.messages import message

_LOWEST_RATE, _HIGHEST_RATE = 50.0, 32_000.0
_TYPES = {
    ("SB", 8): "i1",
    ("UB", 8): "u1",
    ("SS", 16): "i2",
    ("US", 16): "u2",
    ("SL", 32): "i4",
    ("UL", 32): "u4",
}
#: UCUM unit -> how many of it make a millivolt.
_PER_MILLIVOLT = {"nV": 1e6, "uV": 1e3, "µV": 1e3, "μV": 1e3, "mV": 1.0, "V": 1e-3}
_PADDING_RUN_SECONDS = 0.1  # a run of all leads that is taken as missing though the value is usual
_MOST_CHANNELS = 512


@dataclass(frozen=True, slots=True)
class Group:
    """A multiplex group in millivolts.

    Parameters
    ----------
    samples : ndarray of float32, shape (channels, n)
    offset : float
        Seconds from the start of acquisition.
    high_pass, low_pass, notch : tuple of float or None
        Filters of each channel in hertz.
    """

    label: str
    original: bool
    fs: float
    offset: float
    leads: tuple[str, ...]
    samples: NDArray[np.float32]
    high_pass: tuple[float | None, ...] = ()
    low_pass: tuple[float | None, ...] = ()
    notch: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class _Scale:
    """``(code × factor + baseline) / per_millivolt``."""

    factor: float
    baseline: float
    per_millivolt: float


def read_group(item: Attributes) -> Group | None:
    """A group of ECG channels; None when none of its channels is a voltage.

    Raises
    ------
    UnreadableFile
        Fewer samples than announced, an impossible rate, an unknown sample type, a channel
        without sensitivity.
    """
    fs = item.number("SamplingFrequency")
    if fs is None or not _LOWEST_RATE <= fs <= _HIGHEST_RATE:
        raise item.wrong("SamplingFrequency", "rate")
    codes = _codes(item)
    channels = list(item.items("ChannelDefinitionSequence"))
    if len(channels) != codes.shape[1]:
        raise item.wrong("ChannelDefinitionSequence", "channels", len(channels))
    missing = _missing(item, codes, fs)
    names: list[str] = []
    rows: list[NDArray[np.float32]] = []
    kept: list[Attributes] = []
    for number, channel in enumerate(channels):
        scale = _scale(channel)
        if scale is None:
            continue
        names.append(_unique(channel, _lead(channel, number + 1), names))
        column = _significant(channel, codes[:, number])
        row = (column.astype(np.float64) * scale.factor + scale.baseline) / scale.per_millivolt
        row[missing[:, number]] = np.nan
        rows.append(row.astype(np.float32))
        kept.append(channel)
    _note_skew(item, kept, fs)
    if not rows:
        return None
    return Group(
        label=item.text("MultiplexGroupLabel") or "",
        original=(item.text("WaveformOriginality") or "ORIGINAL") == "ORIGINAL",
        fs=fs,
        offset=(item.number("MultiplexGroupTimeOffset") or 0.0) / 1000.0,
        leads=tuple(names),
        samples=np.stack(rows),
        high_pass=tuple(channel.number("FilterLowFrequency") for channel in kept),
        low_pass=tuple(channel.number("FilterHighFrequency") for channel in kept),
        notch=tuple(channel.number("NotchFilterFrequency") for channel in kept),
    )


def _codes(item: Attributes) -> NDArray[np.integer]:
    """Stored numbers, shape ``(n, channels)``."""
    channels = item.positive("NumberOfWaveformChannels")
    n = item.positive("NumberOfWaveformSamples")
    if channels > _MOST_CHANNELS:
        raise item.wrong("NumberOfWaveformChannels", "channels")
    interpretation = item.text("WaveformSampleInterpretation") or ""
    code = _TYPES.get((interpretation, item.positive("WaveformBitsAllocated")))
    if code is None:
        raise item.wrong("WaveformSampleInterpretation", "samples")
    dtype = np.dtype(_order(item) + code)
    data = item.raw("WaveformData")
    found = len(data) if isinstance(data, bytes) else 0
    expected = n * channels * dtype.itemsize
    if found < expected or not isinstance(data, bytes):
        tag = tag_text("WaveformData")
        reason = message("formats.dicom.truncated", tag=tag, expected=expected, found=found)
        raise UnreadableFile(reason, tag=tag)
    return np.frombuffer(data, dtype, n * channels).reshape(n, channels)


def _order(item: Attributes) -> str:
    little = item.dataset.original_encoding[1]
    return "<" if little is None or little else ">"


def _missing(item: Attributes, codes: NDArray[np.integer], fs: float) -> NDArray[np.bool_]:
    """Which samples the device marks as not recorded, by Waveform Padding Value.

    Some devices write a padding value of 0 beside signals that pass through 0. Such a value
    is honoured only where all channels show it for 0.1 s or longer.
    """
    raw = item.raw("WaveformPaddingValue")
    if not isinstance(raw, bytes) or len(raw) < codes.dtype.itemsize:
        return np.zeros(codes.shape, bool)
    value = np.frombuffer(raw, codes.dtype, 1)[0]
    padded: NDArray[np.bool_] = np.equal(codes, value)
    others = codes[~padded]
    if not padded.any() or not others.size or not others.min() < value < others.max():
        return padded
    item.note(message("formats.note.padding_in_range", value=int(value)))
    whole = padded.all(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], whole.view(np.int8), [0]])))
    found = np.zeros(codes.shape, bool)
    for start, stop in edges.reshape(-1, 2):
        if stop - start >= _PADDING_RUN_SECONDS * fs:
            found[start:stop] = True
    return found


def _significant(channel: Attributes, column: NDArray[np.integer]) -> NDArray[np.integer]:
    """Samples of fewer stored than allocated bits, sign-extended from the stored ones."""
    allocated = column.dtype.itemsize * 8
    stored = int(channel.number("WaveformBitsStored") or allocated)
    if not 0 < stored < allocated:
        return column
    native = column.astype(column.dtype.newbyteorder("="))
    shift = allocated - stored
    extended: NDArray[np.integer] = (native << shift) >> shift
    beyond = (extended != native) & ((native < 0) | (native >= 1 << stored))
    if beyond.any():
        channel.note(message("formats.note.bits", stored=stored))
        return native
    return extended


def _scale(channel: Attributes) -> _Scale | None:
    """Scale to millivolts; None (noted) for a channel that is no voltage."""
    units = channel.item("ChannelSensitivityUnitsSequence")
    unit = units.text("CodeValue") if units else None
    sensitivity = channel.number("ChannelSensitivity")
    if unit is not None and unit not in _PER_MILLIVOLT:
        name = channel.text("ChannelLabel") or _source(channel, "CodeMeaning") or unit
        channel.note(message("formats.note.not_voltage", name=name))
        return None
    if unit is None or not sensitivity:
        raise channel.wrong("ChannelSensitivity", "voltage")
    correction = channel.number("ChannelSensitivityCorrectionFactor")
    factor = sensitivity * (1.0 if correction is None else correction)
    return _Scale(factor, channel.number("ChannelBaseline") or 0.0, _PER_MILLIVOLT[unit])


def _source(channel: Attributes, keyword: str) -> str | None:
    source = channel.item("ChannelSourceSequence")
    return source.text(keyword) if source else None


def _lead(channel: Attributes, number: int) -> str:
    """Standard name by code; by label or meaning only where no code helps (noted)."""
    coded = by_code(
        _source(channel, "CodeValue") or "", _source(channel, "CodingSchemeDesignator") or ""
    )
    if coded:
        return coded
    label, meaning = channel.text("ChannelLabel"), _source(channel, "CodeMeaning")
    for text in (label, meaning):
        name = by_text(text) if text else None
        if name:
            channel.note(message("formats.note.named_by_text", lead=name))
            return name
    channel.note(message("formats.note.unnamed_lead", channel=number))
    return label or meaning or f"#{number}"


def _unique(channel: Attributes, name: str, names: list[str]) -> str:
    if name not in names:
        return name
    channel.note(message("formats.note.lead_twice", lead=name))
    count = 2
    while f"{name} ({count})" in names:
        count += 1
    return f"{name} ({count})"


def _note_skew(item: Attributes, channels: list[Attributes], fs: float) -> None:
    skews = [
        (channel.number("ChannelTimeSkew") or 0.0)
        + (channel.number("ChannelSampleSkew") or 0.0) / fs
        + (channel.number("ChannelOffset") or 0.0)
        for channel in channels
    ]
    spread = max(skews, default=0.0) - min(skews, default=0.0)
    if spread > 0:
        item.note(message("formats.note.skew", ms=f"{spread * 1000:.1f}"))

"""One multiplex group of a DICOM waveform: its channels, their leads, scales, times and filters.

Channel Time Skew, or Channel Sample Skew where there is none, and Channel Offset say how late
a channel was sampled. Whole samples of that are put right, by laying the channel that much later
on the axis of time: leads are compared and subtracted sample by sample. What is left is under
half a sample and only noted; a skew of more than a second is no skew, and is noted alone.

References
----------
DICOM PS3.3 C.10.9.1.4 (Waveform channels); PS3.16 CID 3001 (ECG leads).
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Self, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import HIGHEST_RATE, LOWEST_RATE, Label, named
from farlead.formats.dicom.attributes import Attributes, tag_of, tag_text
from farlead.formats.dicom.samples import Scale, Stored, stored_samples
from farlead.formats.leads import NUMBERS, by_code, by_text, reconstructed
from farlead.formats.units import is_lead, per_millivolt
from farlead.messages import message

#: Coding scheme of leads that no public scheme has a code for; written by this program.
OWN_SCHEME = "99FARLEAD"
_HIGHEST = 10_000.0  # millivolts that no electrode gives
_PIECE = 1 << 16
_T = TypeVar("_T")
_LONGEST_SKEW = 1.0  # seconds
_NOTED_SKEW = 1e-6  # below, it is how the number was written


@dataclass(frozen=True, slots=True)
class Group:
    """A multiplex group.

    Parameters
    ----------
    number : int
        In the file, from 1.
    offset : float
        Seconds from the start of acquisition.
    leads : tuple of str
        Of the channels that are voltages.
    numbers : tuple of int
        Of the same channels in the file, from 1.
    shifts : tuple of int
        Samples by which each of them was taken later than the first one.
    high_pass, low_pass, notch : tuple of float or None
        Their filters in hertz.
    """

    number: int
    label: str
    original: bool
    fs: float
    offset: float
    leads: tuple[str, ...]
    numbers: tuple[int, ...]
    shifts: tuple[int, ...]
    stored: Stored
    scales: tuple[Scale, ...]
    notes: Attributes
    high_pass: tuple[float | None, ...] = ()
    low_pass: tuple[float | None, ...] = ()
    notch: tuple[float | None, ...] = ()

    @property
    def n(self) -> int:
        """Samples of each channel, with the shifts."""
        return len(self.stored.codes) + max(self.shifts)

    @property
    def seconds(self) -> float:
        """Duration."""
        return len(self.stored.codes) / self.fs

    def span(self, index: int, start: int) -> tuple[int, int]:
        """First sample of the lead at `index`, and that behind its last, of a group at `start`."""
        begin = start + self.shifts[index]
        return begin, begin + len(self.stored.codes)

    def without(self, leads: Collection[str]) -> Self:
        """The same group without these leads."""
        kept = [i for i, lead in enumerate(self.leads) if lead not in leads]

        def of(values: tuple[_T, ...]) -> tuple[_T, ...]:
            return tuple(values[i] for i in kept)

        return replace(
            self,
            leads=of(self.leads),
            numbers=of(self.numbers),
            shifts=of(self.shifts),
            scales=of(self.scales),
            high_pass=of(self.high_pass),
            low_pass=of(self.low_pass),
            notch=of(self.notch),
        )

    def millivolts(self, index: int) -> NDArray[np.float32]:
        """Samples of the lead at `index`, shape (n,); NaN where nothing was recorded."""
        row = np.empty(self.n, np.float32)
        self.write(index, row)
        return row

    def write(self, index: int, row: NDArray[np.float32]) -> None:
        """Write :meth:`millivolts` of the lead at `index` into a row of `n` samples.

        Raises
        ------
        UnreadableFile
            Some are above ten volts: the scale is wrong.
        """
        shift, size = self.shifts[index], len(self.stored.codes)
        row[:shift] = np.nan
        row[shift + size :] = np.nan
        scale = self.scales[index]
        whole = row[shift : shift + size]
        if not self.stored.convert(self.numbers[index] - 1, scale, whole):
            self.notes.note(message("formats.note.bits", stored=scale.stored))
        for begin in range(0, whole.size, _PIECE):
            piece = whole[begin : begin + _PIECE]
            if np.fmax.reduce(piece) > _HIGHEST or np.fmin.reduce(piece) < -_HIGHEST:
                found = f"{self.leads[index]} > {_HIGHEST:g} mV"
                raise self.notes.wrong("ChannelSensitivity", "amplitude", found)


class _Channels(NamedTuple):
    """What a Channel Definition Sequence says of its channels that are voltages."""

    leads: tuple[str, ...]
    numbers: tuple[int, ...]
    shifts: tuple[int, ...]
    scales: tuple[Scale, ...]
    high_pass: tuple[float | None, ...]
    low_pass: tuple[float | None, ...]
    notch: tuple[float | None, ...]


#: Channels of the groups of a file by their bytes: median beats have those of the rhythm.
Known: TypeAlias = dict[tuple[bytes, int, int, float], "_Channels | None"]


def read_group(item: Attributes, number: int, known: Known) -> Group | None:
    """A group of ECG channels; None when none of its channels is a voltage.

    Parameters
    ----------
    item : Attributes
        Of the Waveform Sequence.
    number : int
        Of the item, from 1.
    known : dict
        What was read of earlier groups of the file; added to.

    Raises
    ------
    UnreadableFile
        Fewer samples than announced, an impossible rate, an unknown sample type, a channel
        without sensitivity.
    """
    fs = item.number("SamplingFrequency")
    if fs is None or not LOWEST_RATE <= fs <= HIGHEST_RATE:
        raise item.wrong("SamplingFrequency", "rate")
    stored = stored_samples(item, fs)
    written = item.dataset.written(tag_of("ChannelDefinitionSequence"))
    key = (written, stored.codes.shape[1], stored.codes.dtype.itemsize, fs)
    if key not in known:
        known[key] = _channels(item, stored, fs)
    channels = known[key]
    if channels is None:
        return None
    return Group(
        number=number,
        label=item.text("MultiplexGroupLabel") or "",
        original=(item.text("WaveformOriginality") or "ORIGINAL") == "ORIGINAL",
        fs=fs,
        offset=(item.number("MultiplexGroupTimeOffset") or 0.0) / 1000.0,
        stored=stored,
        notes=item,
        **channels._asdict(),
    )


def _channels(item: Attributes, stored: Stored, fs: float) -> _Channels | None:
    channels = list(item.items("ChannelDefinitionSequence", needed=True))
    if len(channels) != stored.codes.shape[1]:
        raise item.wrong("ChannelDefinitionSequence", "channels", len(channels))
    allocated = stored.codes.dtype.itemsize * 8
    scaled = [(i, c, s) for i, c in enumerate(channels, 1) if (s := _scale(c, allocated))]
    if not scaled:
        return None
    kept = [channel for _, channel, _ in scaled]
    return _Channels(
        leads=named([_label(channel) for channel in kept], item.notes),
        numbers=tuple(i for i, _, _ in scaled),
        shifts=_shifts(item, kept, fs),
        scales=tuple(scale for _, _, scale in scaled),
        high_pass=tuple(channel.number("FilterLowFrequency") for channel in kept),
        low_pass=tuple(channel.number("FilterHighFrequency") for channel in kept),
        notch=tuple(channel.number("NotchFilterFrequency") for channel in kept),
    )


def _scale(channel: Attributes, allocated: int) -> Scale | None:
    """Scale to millivolts; None (noted) for a channel that is neither a lead nor a voltage."""
    units = channel.item("ChannelSensitivityUnitsSequence")
    unit = units.text("CodeValue") if units else None
    sensitivity = channel.number("ChannelSensitivity")
    divisor = per_millivolt(unit)
    if unit is not None and divisor is None:
        source = channel.item("ChannelSourceSequence")
        name = channel.text("ChannelLabel") or _of(source, "CodeMeaning") or unit
        lead = _coded(source)
        if lead is not None or is_lead(name):
            reason = message("formats.units.unknown", lead=lead or name, unit=unit)
            raise UnreadableFile(reason, tag=tag_text("ChannelSensitivityUnitsSequence"))
        channel.note(message("formats.note.not_voltage", name=name))
        return None
    if divisor is None or not sensitivity:
        raise channel.wrong("ChannelSensitivity", "voltage")
    correction = channel.number("ChannelSensitivityCorrectionFactor")
    factor = sensitivity * (1.0 if correction is None else correction)
    if not factor or not math.isfinite(factor):
        raise channel.wrong("ChannelSensitivityCorrectionFactor", "factor")
    baseline = channel.number("ChannelBaseline") or 0.0
    stored = int(channel.number("WaveformBitsStored") or allocated)
    return Scale(factor, baseline, divisor, stored)


def _coded(source: Attributes | None) -> str | None:
    """Lead of the channel's code; of a code of our own, the name that stands beside it."""
    value, scheme = _of(source, "CodeValue"), _of(source, "CodingSchemeDesignator")
    if scheme == OWN_SCHEME:
        return _of(source, "CodeMeaning")
    return by_code(value or "", scheme or "")


def _of(source: Attributes | None, keyword: str) -> str | None:
    return source.text(keyword) if source else None


def _label(channel: Attributes) -> Label:
    """Standard name by code; label or meaning where no code helps."""
    source = channel.item("ChannelSourceSequence")
    coded, label = _coded(source), channel.text("ChannelLabel")
    if coded:
        said = by_text(label or "")
        if said is not None and said != coded and coded in NUMBERS:
            channel.note(message("formats.note.label_differs", label=label or "", lead=coded))
        if reconstructed(_of(source, "CodeValue") or ""):
            channel.note(message("formats.note.reconstructed"))
        return Label(coded, "")
    texts = [label, _of(source, "CodeMeaning")]
    known = [text for text in texts if text]
    return Label(None, next((t for t in known if by_text(t)), known[0] if known else ""))


def _shifts(item: Attributes, channels: Sequence[Attributes], fs: float) -> tuple[int, ...]:
    """Whole samples by which each channel is later than the first one."""
    skews = [_skew(channel, fs) for channel in channels]
    spread = max(skews) - min(skews)
    if spread < _NOTED_SKEW:
        return (0,) * len(skews)
    if spread > _LONGEST_SKEW:
        item.note(message("formats.note.skew", ms=f"{spread * 1000:.1f}"))
        return (0,) * len(skews)
    shifts = tuple(round((skew - min(skews)) * fs) for skew in skews)
    left = [skew - min(skews) - shift / fs for skew, shift in zip(skews, shifts, strict=True)]
    if any(shifts):
        item.note(message("formats.note.skew_corrected", ms=f"{max(shifts) / fs * 1000:.1f}"))
    rest = max(left) - min(left)
    if rest >= _NOTED_SKEW:
        item.note(message("formats.note.skew", ms=f"{rest * 1000:.3g}"))
    return shifts


def _skew(channel: Attributes, fs: float) -> float:
    """Seconds by which a channel was sampled later than its group begins."""
    seconds = channel.number("ChannelTimeSkew")
    if seconds is None:
        seconds = (channel.number("ChannelSampleSkew") or 0.0) / fs
    return seconds + (channel.number("ChannelOffset") or 0.0)

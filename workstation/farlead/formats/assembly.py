"""A recording out of the channels that a reader found: named, ordered, checked.

Every ECG reader ends here, so that leads are named, derived and doubted alike whatever the
file was. Readers of long recordings fill the rows of the result themselves
(:func:`assemble_rows`), so that no sample is held twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias, TypedDict, Unpack

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats import guards
from farlead.formats.leads import by_text, derive_limb_lead, in_order, missing_limb_leads
from farlead.messages import Message, message
from farlead.model.people import Patient
from farlead.model.recording import Annotation, Device, Identity, Recording, RequestHints

#: Sampling rates that an ECG can have, in hertz.
LOWEST_RATE, HIGHEST_RATE = 50.0, 32_000.0
#: Most cells (leads × samples) of one recording: a week of three leads at 125 Hz.
MOST_CELLS = 1 << 28
_NOTED_BELOW = 250.0
_MOST_ANNOTATIONS = 10_000
_YEARS = range(1900, 2200)
#: Samples of a lead that are worked on at a time where copies are needed.
_PIECE = 1 << 18


class Notes(list[Message]):
    """What the reader of a file had to do or doubts, each once."""

    def add(self, note: Message) -> None:
        """Keep a note unless it is there."""
        if note not in self:
            self.append(note)


class Channel(NamedTuple):
    """One lead as a file has it.

    Parameters
    ----------
    lead : str or None
        Standard name where the file's code says it; None: `label` is looked at (and noted).
    label : str
        What the file calls it.
    samples : ndarray, shape (n,)
        Millivolts, NaN where not recorded.
    """

    lead: str | None
    label: str
    samples: NDArray[np.floating]


class Label(NamedTuple):
    """What a channel is called; the fields are those of :class:`Channel`."""

    lead: str | None
    label: str


#: Gets one row a channel, in the file's order, and writes the channel's millivolts into it.
Fill: TypeAlias = Callable[[Sequence[NDArray[np.float32]]], None]


class Facts(TypedDict, total=False):
    """What else a file says; each as the field of :class:`Recording`."""

    start: datetime | None
    patient: Patient
    device: Device
    identity: Identity
    hints: RequestHints


def assemble(
    channels: Sequence[Channel],
    fs: float,
    notes: Notes,
    *,
    medians: Sequence[Channel] = (),
    annotations: Sequence[Annotation] = (),
    **facts: Unpack[Facts],
) -> Recording:
    """Recording of channels of one length and rate.

    Limb leads that follow from I and II and are not there are derived; the standard twelve
    come first, in their order. What was done or is doubtful is added to `notes`.

    Parameters
    ----------
    channels : sequence of Channel
        In the file's order, of equal length.
    fs : float
        Hertz.
    notes : Notes
        Of the file so far.
    medians : sequence of Channel
        The device's own median beat, at the same rate, of equal length.
    annotations : sequence of Annotation
        The device's own measurements, statements and marks.
    **facts
        See :class:`Facts`.

    Raises
    ------
    UnreadableFile
        No channel or no sample, a rate outside 50–32,000 Hz, too many samples.
    """
    labels = [Label(channel.lead, channel.label) for channel in channels]
    n = channels[0].samples.size if channels else 0
    fill = _copying(channels)
    return assemble_rows(
        labels, n, fill, fs, notes, medians=medians, annotations=annotations, **facts
    )


def assemble_rows(
    labels: Sequence[Label],
    n: int,
    fill: Fill,
    fs: float,
    notes: Notes,
    *,
    medians: Sequence[Channel] = (),
    annotations: Sequence[Annotation] = (),
    **facts: Unpack[Facts],
) -> Recording:
    """As :func:`assemble`, for channels that are converted into the rows of the result.

    Parameters
    ----------
    labels : sequence of Label
        One a channel, in the file's order.
    n : int
        Samples of each channel; checked by the caller against the bytes that are there.
    fill : callable
        Gets a row of `n` samples for each channel.
    fs, notes, medians, annotations, **facts
        See :func:`assemble`.
    """
    if not LOWEST_RATE <= fs <= HIGHEST_RATE:
        raise UnreadableFile(message("formats.rate", found=f"{fs:g}"))
    if len(labels) * n > MOST_CELLS:
        raise UnreadableFile(message("formats.too_long", leads=len(labels), samples=n))
    if not labels or not n:
        raise UnreadableFile(message("formats.no_samples"))
    leads, samples, derived = _filled(labels, n, fill, notes)
    for doubt in guards.of_leads(leads, samples, derived):
        notes.add(doubt)
    if fs < _NOTED_BELOW:
        notes.add(message("formats.note.low_rate", rate=f"{fs:g}"))
    start = facts.get("start")
    if start is None or start.year not in _YEARS:  # nor can the others be reckoned with
        facts["start"] = None
        notes.add(message("formats.note.clock"))
    samples.flags.writeable = False
    return Recording(
        samples,
        leads,
        fs,
        medians=_medians(medians, leads),
        annotations=tuple(annotations[:_MOST_ANNOTATIONS]),
        notes=tuple(notes),
        **facts,
    )


def named(channels: Sequence[Channel | Label], notes: Notes) -> tuple[str, ...]:
    """A name of its own for each channel: the standard one where code or label tell it."""
    names: list[str] = []
    by_label: list[str] = []
    unnamed: list[str] = []
    for number, (lead, label, *_) in enumerate(channels, start=1):
        name = lead or by_text(label)
        if name is None:
            unnamed.append(str(number))
            name = label.strip() or f"#{number}"
        elif lead is None:
            by_label.append(name)
        names.append(_unique(name, names, notes))
    if unnamed:
        notes.add(message("formats.note.unnamed_lead", channel=", ".join(unnamed)))
    if by_label:
        notes.add(message("formats.note.named_by_text", lead=", ".join(by_label)))
    return tuple(names)


def _unique(name: str, names: Sequence[str], notes: Notes) -> str:
    if name not in names:
        return name
    notes.add(message("formats.note.lead_twice", lead=name))
    count = 2
    while f"{name} ({count})" in names:
        count += 1
    return f"{name} ({count})"


def _filled(
    labels: Sequence[Label], n: int, fill: Fill, notes: Notes
) -> tuple[tuple[str, ...], NDArray[np.float32], tuple[str, ...]]:
    """Leads and samples in their final order, each row written where it stays; derived leads."""
    names = named(labels, notes)
    missing = missing_limb_leads(names)
    every = (*names, *missing)
    order = in_order(every)
    samples = np.empty((len(every), n), np.float32)
    rows = [samples[order.index(i)] for i in range(len(every))]
    fill(rows[: len(names)])
    if guards.blank_filler(rows[: len(names)]):
        notes.add(message("formats.note.filled"))
    if missing:
        _derive(missing, rows[names.index("I")], rows[names.index("II")], rows[len(names) :])
        notes.add(message("formats.note.derived", leads=", ".join(missing)))
    return tuple(every[i] for i in order), samples, missing


def _copying(channels: Sequence[Channel]) -> Fill:
    def fill(rows: Sequence[NDArray[np.float32]]) -> None:
        for row, channel in zip(rows, channels, strict=True):
            row[:] = channel.samples

    return fill


def _pieces(row: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    return [row[begin : begin + _PIECE] for begin in range(0, row.size, _PIECE)]


def _derive(
    names: Sequence[str],
    lead_one: NDArray[np.float32],
    lead_two: NDArray[np.float32],
    rows: Sequence[NDArray[np.float32]],
) -> None:
    """Limb leads that follow from I and II and are not there, into their rows."""
    for name, row in zip(names, rows, strict=True):
        for out, one, two in zip(_pieces(row), _pieces(lead_one), _pieces(lead_two), strict=True):
            out[:] = derive_limb_lead(name, one.astype(np.float64), two.astype(np.float64))


def _medians(channels: Sequence[Channel], leads: Sequence[str]) -> NDArray[np.float32] | None:
    """Median beats in the order of `leads`, without filler behind; NaN for a lead without one."""
    if not channels or not channels[0].samples.size:
        return None
    labels = [Label(channel.lead, channel.label) for channel in channels]
    names, samples, _ = _filled(labels, channels[0].samples.size, _copying(channels), Notes())
    recorded = np.flatnonzero(np.isfinite(samples).any(axis=0))
    if not recorded.size:
        return None
    samples = samples[:, : recorded[-1] + 1]
    rows = dict(zip(names, samples, strict=True))
    empty = np.full(samples.shape[1], np.nan, np.float32)
    medians = np.stack([rows.get(lead, empty) for lead in leads])
    medians.flags.writeable = False
    return medians

"""A recording out of the channels that a reader found: named, ordered, checked.

Every ECG reader ends here, so that leads are named, derived and doubted alike whatever the
file was.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
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


def assemble(
    channels: Sequence[Channel],
    fs: float,
    notes: Notes,
    *,
    medians: Sequence[Channel] = (),
    start: datetime | None = None,
    patient: Patient = Patient(),  # frozen
    device: Device = Device(),  # noqa: B008  # frozen
    annotations: Sequence[Annotation] = (),
    identity: Identity = Identity(),  # noqa: B008  # frozen
    hints: RequestHints = RequestHints(),  # noqa: B008  # frozen
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
    start, patient, device, annotations, identity, hints
        Fields of the recording.

    Raises
    ------
    UnreadableFile
        No channel or no sample, a rate outside 50–32,000 Hz, too many samples.
    """
    if not LOWEST_RATE <= fs <= HIGHEST_RATE:
        raise UnreadableFile(message("formats.rate", found=f"{fs:g}"))
    n = channels[0].samples.size if channels else 0
    if len(channels) * n > MOST_CELLS:
        raise UnreadableFile(message("formats.too_long", leads=len(channels), samples=n))
    leads, samples = _stacked(channels, notes)
    if not np.isfinite(samples).any():
        raise UnreadableFile(message("formats.no_samples"))
    leads, samples = _with_limb_leads(leads, samples, notes)
    order = in_order(leads)
    leads = tuple(leads[i] for i in order)
    samples = samples if order == list(range(len(order))) else samples[order]
    if fs < _NOTED_BELOW:
        notes.add(message("formats.note.low_rate", rate=f"{fs:g}"))
    if start is None:
        notes.add(message("formats.note.clock"))
    samples.flags.writeable = False
    return Recording(
        samples=samples,
        leads=leads,
        fs=fs,
        start=start,
        patient=patient,
        device=device,
        annotations=tuple(annotations[:_MOST_ANNOTATIONS]),
        identity=identity,
        hints=hints,
        medians=_medians(medians, leads),
        notes=tuple(notes),
    )


def named(channels: Sequence[Channel], notes: Notes) -> tuple[str, ...]:
    """A name of its own for each channel: the standard one where code or label tell it."""
    names: list[str] = []
    for number, (lead, label, _) in enumerate(channels, start=1):
        name = lead or by_text(label)
        if name is None:
            notes.add(message("formats.note.unnamed_lead", channel=number))
            name = label.strip() or f"#{number}"
        elif lead is None:
            notes.add(message("formats.note.named_by_text", lead=name))
        names.append(_unique(name, names, notes))
    return tuple(names)


def _unique(name: str, names: Sequence[str], notes: Notes) -> str:
    if name not in names:
        return name
    notes.add(message("formats.note.lead_twice", lead=name))
    count = 2
    while f"{name} ({count})" in names:
        count += 1
    return f"{name} ({count})"


def _stacked(
    channels: Sequence[Channel], notes: Notes
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    if not channels:
        raise UnreadableFile(message("formats.no_samples"))
    samples = np.empty((len(channels), channels[0].samples.size), np.float32)
    for row, channel in zip(samples, channels, strict=True):
        row[:] = channel.samples
    return named(channels, notes), samples


def _with_limb_leads(
    leads: tuple[str, ...], samples: NDArray[np.float32], notes: Notes
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """With those limb leads that follow from I and II and are not there."""
    missing = missing_limb_leads(leads)
    if not missing:
        return leads, samples
    one = samples[leads.index("I")].astype(np.float64)
    two = samples[leads.index("II")].astype(np.float64)
    derived = np.stack([derive_limb_lead(name, one, two) for name in missing])
    notes.add(message("formats.note.derived", leads=", ".join(missing)))
    return (*leads, *missing), np.concatenate([samples, derived.astype(np.float32)])


def _medians(channels: Sequence[Channel], leads: Sequence[str]) -> NDArray[np.float32] | None:
    """Median beats in the order of `leads`; NaN for a lead without one."""
    if not channels:
        return None
    quiet = Notes()
    names, samples = _stacked(channels, quiet)
    names, samples = _with_limb_leads(names, samples, quiet)
    rows = dict(zip(names, samples, strict=True))
    empty = np.full(samples.shape[1], np.nan, np.float32)
    medians = np.stack([rows.get(lead, empty) for lead in leads])
    medians.flags.writeable = False
    return medians

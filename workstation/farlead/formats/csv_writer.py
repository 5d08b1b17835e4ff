"""CSV files of recordings, as :mod:`farlead.formats.csv_table` reads them.

Samples are written with as few decimals as bring back the same float; ``docs/csv-format.md``
has the form.
"""

from collections.abc import Iterator
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from farlead.formats.csv_table import MAGIC
from farlead.formats.losses import losses
from farlead.formats.unfit import Unfit
from farlead.messages import Message
from farlead.model.recording import Recording

_DECIMALS = range(3, 7)
#: What stays as it is in a value: all but what ends or begins something.
_PLAIN = " !$&'()*+,-./:<=>?@[]^_`{|}~"
_PIECE = 1 << 14


def encode_csv(recording: Recording) -> tuple[bytes, tuple[Message, ...]]:
    """CSV file of a recording, UTF-8.

    Returns
    -------
    bytes
    tuple of Message
        What the file does not hold of the recording.

    Raises
    ------
    Unfit
        No samples, infinite ones, or lead names that a line of names cannot hold.
    """
    text = _head(recording) + "".join(_lines(recording.samples))
    return text.encode(), tuple(losses(recording, marks=False))


def _head(recording: Recording) -> str:
    channels, n = recording.samples.shape
    if not channels or not n or channels != len(recording.leads):
        raise Unfit("empty")
    if np.isinf(recording.samples).any():
        raise Unfit("infinite")
    for lead in recording.leads:
        if not lead.strip('" ') or set(lead) & set(',"#\r\n') or not lead.isprintable():
            raise Unfit("lead", lead=lead)
    if recording.leads[0].casefold() == "time":
        raise Unfit("lead", lead=recording.leads[0])
    told = "; ".join(f"{key}={_value(value)}" for key, value in _keys(recording) if value)
    return f"{MAGIC}; {told}\n{','.join(recording.leads)}\n"


def _keys(recording: Recording) -> list[tuple[str, str]]:
    patient, device, start = recording.patient, recording.device, recording.start
    born = patient.birth_date
    equipment = (device.manufacturer, device.model, device.serial)
    filters = (
        ("high_pass", device.high_pass),
        ("low_pass", device.low_pass),
        ("notch", device.notch),
    )
    return [
        ("fs", _number(recording.fs)),
        ("unit", "mV"),
        ("start", start.isoformat() if start else ""),
        ("patient", patient.name or ""),
        ("id", patient.local_number or ""),
        ("sex", str(patient.sex)),
        ("birth", born.isoformat() if born else ""),
        ("accession", recording.identity.accession or ""),
        ("device", " ".join(word for word in equipment if word)),
        *((key, _number(value) if value else "") for key, value in filters),
    ]


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _value(text: str) -> str:
    """Text with what would end it as ``%XX``; letters of any script stay."""
    return "".join(
        letter if letter.isalnum() or letter in _PLAIN else quote(letter, safe="")
        for letter in text
    )


def _lines(samples: NDArray[np.float32]) -> Iterator[str]:
    forms = [_form(row) for row in samples]
    line = ",".join(forms) + "\n"
    for begin in range(0, samples.shape[1], _PIECE):
        part = samples[:, begin : begin + _PIECE].astype(np.float64).T
        yield (line * len(part)) % tuple(part.ravel().tolist())


def _form(row: NDArray[np.float32]) -> str:
    """Shortest form of a lead's numbers that brings back every sample."""
    known = row[np.isfinite(row)].astype(np.float64)
    for decimals in _DECIMALS:
        if (np.round(known, decimals).astype(np.float32) == known).all():
            return f"%.{decimals}f"
    return "%.9g"

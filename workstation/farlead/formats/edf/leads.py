"""Which signals of a file are ECG leads, and of what unit and rate."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Label, Notes
from farlead.formats.edf.header import Header, Signal
from farlead.formats.leads import by_text
from farlead.formats.units import POWERS
from farlead.messages import message

#: EDF+ labels: the type of signal, then what it is of.
_TYPED = re.compile(r"(?:ECG|EKG|心电图?)[\s_:.\-]*(.*)", re.IGNORECASE)
_SOMEWHERE = re.compile(r"\b(?:ECG|EKG)\b", re.IGNORECASE)
#: Leads that nothing else is called; X or AS alone may be an accelerometer or a state.
_BARE = re.compile(r"I{1,3}|aV[RLF]|V[1-9]R?|ML ?(?:I{1,3}|V[1-6])", re.IGNORECASE)
_SHOWN = 120


class Lead(NamedTuple):
    """A signal that is an ECG lead: its name, and its unit as a power of ten of millivolts."""

    signal: Signal
    label: Label
    power: int


def find_leads(header: Header, notes: Notes) -> list[Lead]:
    """The ECG leads of a file, all of one rate; what is left out is noted.

    Raises
    ------
    UnreadableFile
        No signal is labelled as an ECG lead; one that is named is no voltage, or none is.
    """
    signals = [signal for signal in header.signals if not signal.annotations]
    labels = {signal.number: _lead_label(signal.label) for signal in signals}
    ecg = [signal for signal in signals if labels[signal.number] and signal.samples]
    if not ecg:
        raise UnreadableFile(message("formats.edf.no_ecg", labels=_listed(signals)))
    leads = [
        Lead(signal, label, POWERS[signal.dimension])
        for signal in ecg
        if (label := labels[signal.number]) and signal.dimension in POWERS
    ]
    wrong = [signal for signal in ecg if signal.dimension not in POWERS]
    named = [signal for signal in wrong if (label := labels[signal.number]) and _is_named(label)]
    if named or not leads:
        first = (named or wrong)[0]
        raise UnreadableFile(
            message("formats.edf.no_unit", channel=first.label, unit=first.dimension),
            tag=first.label,
        )
    for signal in signals:
        if signal.dimension not in POWERS:
            notes.add(message("formats.note.not_voltage", name=signal.label))
    others = [s for s in signals if s.dimension in POWERS and s not in ecg]
    if others:
        notes.add(message("formats.edf.note.not_ecg", labels=_listed(others)))
    return _of_one_rate(leads, header, notes)


def _lead_label(text: str) -> Label | None:
    """Name of an ECG lead; None for the label of anything else."""
    typed = _TYPED.fullmatch(text)
    if typed:
        rest = typed[1].strip()
        return Label(by_text(rest), rest if rest and not rest.isdecimal() else text)
    bare = _BARE.fullmatch(text.removeprefix("Lead "))
    return Label(None, text) if bare or _SOMEWHERE.search(text) else None


def _is_named(label: Label) -> bool:
    """Whether a label of an ECG signal says which lead it is."""
    return label.lead is not None or by_text(label.label) is not None


def _of_one_rate(leads: Sequence[Lead], header: Header, notes: Notes) -> list[Lead]:
    """The leads of the rate that most of them have, the higher one of two."""
    rates = Counter(lead.signal.samples for lead in leads)
    kept = max(rates, key=lambda count: (rates[count], count))
    for count in sorted(rates.keys() - {kept}):
        left = [lead.signal for lead in leads if lead.signal.samples == count]
        rate = f"{float(count / header.duration):g}" if header.duration else "?"
        notes.add(message("formats.edf.note.other_rate", labels=_listed(left), rate=rate))
    return [lead for lead in leads if lead.signal.samples == kept]


def _listed(signals: Sequence[Signal]) -> str:
    text = ", ".join(signal.label or "–" for signal in signals)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

"""Representative beats of a Philips ECG XML file: the device's medians."""

import numpy as np
from numpy.typing import NDArray

from farlead.errors import UnreadableFile
from farlead.formats.assembly import Channel, Notes
from farlead.formats.leads import by_text
from farlead.formats.medians import if_sound
from farlead.formats.xml_fields import from_base64, number, wrong
from farlead.formats.xml_tree import Node
from farlead.messages import message

_MOST_LEADS = 64
_LARGEST_RESOLUTION = 1e5
_FILL = 32767  # devices fill up the room behind the beat with it


def medians(root: Node, fs: float, notes: Notes) -> tuple[Channel, ...]:
    """Beats of all leads in millivolts; none, noted, where anything of them is not usable."""
    return if_sound(lambda: _beats(root, fs, notes), notes) or ()


def _beats(root: Node, fs: float, notes: Notes) -> tuple[Channel, ...]:
    beats = root.find("waveforms", "repbeats")
    if beats is None or not beats.all("repbeat"):
        return ()
    rate = number(beats.attributes.get("samplespersec", "").strip())
    resolution = number(beats.attributes.get("resolution", "").strip())
    encoding = beats.attributes.get("dataencoding", "").strip().upper()
    if rate and rate != fs:
        notes.add(message("formats.note.group_left_out", rate=f"{rate:g}"))
        return ()
    usable = rate and resolution and 0 < resolution <= _LARGEST_RESOLUTION
    if not usable or encoding != "BASE64" or resolution is None:
        notes.add(message("formats.sierra.note.repbeats"))
        return ()
    leads = beats.all("repbeat")
    if len(leads) > _MOST_LEADS:
        raise wrong(beats, "repbeat", "formats.sierra.expected.leads", len(leads))
    channels = tuple(_beat(lead, fs, resolution) for lead in leads)
    if len({channel.samples.size for channel in channels}) > 1:
        notes.add(message("formats.sierra.note.repbeats"))
        return ()
    end = max(_recorded(channel.samples) for channel in channels)
    return tuple(channel._replace(samples=channel.samples[:end]) for channel in channels if end)


def _recorded(samples: NDArray[np.floating]) -> int:
    """Samples up to the last that was recorded."""
    found = np.flatnonzero(~np.isnan(samples))
    return int(found[-1]) + 1 if found.size else 0


def _beat(lead: Node, fs: float, resolution: float) -> Channel:
    """One lead: in a waveform element, or itself the samples' element (1.03)."""
    node = lead.find("waveform") or lead
    label = lead.attributes.get("leadname", "").strip()
    data = from_base64(node)
    announced = node.attributes.get("duration") or lead.attributes.get("duration")
    milliseconds = number(announced)
    expected = None if milliseconds is None else round(milliseconds * fs / 1000.0)
    if len(data) % 2 or expected != len(data) // 2:
        reason = message(
            "formats.sierra.beat_length",
            lead=label[:20],
            line=node.line,
            expected="–" if expected is None else expected,
            found=len(data) // 2,
        )
        raise UnreadableFile(reason, tag=node.place)
    words = np.frombuffer(data, "<i2")
    samples = words * (resolution / 1000.0)
    said = np.flatnonzero(words != _FILL)
    samples[said[-1] + 1 if said.size else 0 :] = np.nan
    return Channel(by_text(label), label, samples)

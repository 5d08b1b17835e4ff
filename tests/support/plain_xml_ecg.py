"""A second, plain reading of MUSE and Philips XML files: sample by sample, checks left out.

Shares no code with the readers, so that a test can compare them on real files.
"""

import base64
import re
import struct
from pathlib import Path
from xml.etree import ElementTree


def muse_leads(file: Path, kind: str) -> dict[str, list[float]]:
    """Microvolts of each stored lead of the waveform `kind`."""
    found: dict[str, list[float]] = {}
    root = ElementTree.fromstring(file.read_bytes())  # noqa: S314  # the tests' own files
    for waveform in root.iter("Waveform"):
        if waveform.findtext("WaveformType") != kind:
            continue
        for lead in waveform.iter("LeadData"):
            data = base64.b64decode(lead.findtext("WaveFormData") or "")
            step = float(lead.findtext("LeadAmplitudeUnitsPerBit") or "nan")
            codes = struct.unpack(f"<{len(data) // 2}h", data)
            found[lead.findtext("LeadID") or ""] = [code * step for code in codes]
    return found


def philips_leads(file: Path) -> list[list[int]]:
    """Units of the twelve leads, in the file's order."""
    root = _without_namespace(file)
    waveform = next(root.iter("parsedwaveforms"))
    data = base64.b64decode(waveform.text or "")
    leads: list[list[int]] = []
    while len(leads) < 12:
        size, _, start = struct.unpack_from("<Ihh", data)
        leads.append(_integrated(_lzw(data[8 : 8 + size]), start))
        data = data[8 + size :]
    one, two = leads[0], leads[1]
    for i in range(len(one)):
        leads[2][i] = two[i] - one[i] - leads[2][i]
        leads[3][i] = -leads[3][i] - (one[i] + two[i]) // 2
        leads[4][i] = (one[i] - leads[2][i]) // 2 - leads[4][i]
        leads[5][i] = (two[i] + leads[2][i]) // 2 - leads[5][i]
    return leads


def philips_beats(file: Path) -> list[list[int]]:
    """Units of the representative beats."""
    root = _without_namespace(file)
    texts = [beat.findtext("waveform") or beat.text or "" for beat in root.iter("repbeat")]
    return [
        list(struct.unpack(f"<{len(data) // 2}h", data)) for data in map(base64.b64decode, texts)
    ]


def aecg_digits(file: Path) -> list[list[float]]:
    """Numbers of all ``digits`` elements of an HL7 aECG file, not scaled."""
    text = file.read_text("utf-8")
    return [[float(d) for d in run.split()] for run in re.findall("<digits>([^<]*)<", text)]


def _without_namespace(file: Path) -> ElementTree.Element:
    root = ElementTree.fromstring(file.read_bytes())  # noqa: S314  # the tests' own files
    for node in root.iter():
        node.tag = node.tag.rpartition("}")[2]
    return root


def _lzw(data: bytes) -> bytes:
    bits = "".join(f"{byte:08b}" for byte in data)
    strings = {code: bytes([code]) for code in range(256)}
    out, last = b"", b""
    for at in range(0, len(bits) - 9, 10):
        code = int(bits[at : at + 10], 2)
        if code == 1023:
            break
        string = strings.get(code, last + last[:1])
        if last and len(strings) < 1023:
            strings[len(strings)] = last + string[:1]
        out += string
        last = string
    return out


def _integrated(data: bytes, start: int) -> list[int]:
    half = len(data) // 2
    words = [struct.unpack(">h", bytes([data[i], data[half + i]]))[0] for i in range(half)]
    samples: list[int] = words[:2]
    bend = start
    for word in words[2:]:
        samples.append(2 * samples[-1] - samples[-2] - bend)
        bend = word - 64
    return samples

"""A damaged median beat costs no rhythm: it is left out, and noted with its place."""

import re
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from cardiosoft_files import cardiosoft_bytes
from ecg_files import recording
from farlead.errors import UnreadableFile
from farlead.formats import cardiosoft, mortara, muse, sierra
from farlead.messages import Language
from farlead.model.recording import Recording
from mortara_files import mortara_bytes
from muse_files import muse_bytes
from sierra_files import sierra_bytes

ECG = recording(name="Anna Berg")
BEAT = ECG.samples[:, :600]
MUSE_FILE = muse_bytes(declared="UTF-8", encoding="utf-8")


def in_part(begin: str, end: str, old: str, new: str) -> Callable[[bytes], bytes]:
    """Replacement between two marks."""

    def change(data: bytes) -> bytes:
        text = data.decode("utf-8", "surrogateescape")
        at = text.index(begin)
        to = text.index(end, at)
        changed, count = re.subn(old, new, text[at:to], count=1)
        assert count
        return (text[:at] + changed + text[to:]).encode("utf-8", "surrogateescape")

    return change


MUSE = ("<WaveformType>Median", "</Waveform>")
CYCLE = ("<TYPICAL_CYCLE ", "</TYPICAL_CYCLE>")
SAMPLES = ("<MedianSamples>", "</MedianSamples>")
BEATS = ("<repbeats", "</repbeats>")
CASES: list[tuple[ModuleType, bytes, Callable[[bytes], bytes]]] = [
    (muse, MUSE_FILE, in_part(*MUSE, "<LeadDataCRC32>.*<", "<LeadDataCRC32>7<")),
    (muse, MUSE_FILE, in_part(*MUSE, "<LeadSampleCountTotal>.*<", "<LeadSampleCountTotal>7<")),
    (muse, MUSE_FILE, in_part(*MUSE, "<SampleBase>.*<", "<SampleBase>7<")),
    (muse, MUSE_FILE, in_part(*MUSE, "<NumberofLeads>.*<", "<NumberofLeads>7<")),
    (muse, MUSE_FILE, in_part(*MUSE, "MICROVOLTS", "KILOVOLTS")),
    (muse, MUSE_FILE, in_part(*MUSE, "<WaveFormData>", "<WaveFormData>!")),
    (mortara, mortara_bytes(ECG, medians=BEAT), in_part(*CYCLE, 'BITS="16"', 'BITS="8"')),
    (mortara, mortara_bytes(ECG, medians=BEAT), in_part(*CYCLE, 'DURATION="600"', 'DURATION="9"')),
    (mortara, mortara_bytes(ECG, medians=BEAT), in_part(*CYCLE, 'SAMPLE_FREQ="500"', "")),
    (mortara, mortara_bytes(ECG, medians=BEAT), in_part(*CYCLE, 'DATA="', 'DATA="!')),
    (cardiosoft, cardiosoft_bytes(ECG, medians=BEAT), in_part(*SAMPLES, "uVperLsb", "mm")),
    (cardiosoft, cardiosoft_bytes(ECG, medians=BEAT), in_part(*SAMPLES, ">600<", ">601<")),
    (cardiosoft, cardiosoft_bytes(ECG, medians=BEAT), in_part(*SAMPLES, '"Hz"', '"bpm"')),
    (
        sierra,
        sierra_bytes(),
        in_part(*BEATS, '<waveform duration="[0-9.]*"', '<waveform duration="1"'),
    ),
    (sierra, sierra_bytes(), in_part(*BEATS, "(<waveform [^>]*>)", r"\1!")),
]


@pytest.mark.parametrize(("reader", "data", "damage"), CASES)
def test_the_rhythm_stays_and_the_median_is_noted(
    reader: ModuleType, data: bytes, damage: Callable[[bytes], bytes]
) -> None:
    sound: Recording = reader.read(data)
    assert sound.medians is not None
    found: Recording = reader.read(damage(data))
    np.testing.assert_array_equal(found.samples, sound.samples)
    assert found.medians is None
    told = [note for note in found.notes if note.id == "formats.note.median_damaged"]
    assert len(told) == 1
    assert "平均心搏有误" in told[0].text(Language.ZH)


def test_the_same_damage_of_the_rhythm_is_refused() -> None:
    damage = in_part(
        "<WaveformType>Rhythm", "</Waveform>", "<LeadDataCRC32>.*<", "<LeadDataCRC32>7<"
    )
    with pytest.raises(UnreadableFile):
        muse.read(damage(MUSE_FILE))


def test_a_checksum_of_0_was_not_computed() -> None:
    data = re.sub(rb"<LeadDataCRC32>\d+<", b"<LeadDataCRC32>0<", MUSE_FILE)
    found = muse.read(data)
    np.testing.assert_array_equal(found.samples, muse.read(MUSE_FILE).samples)
    assert "formats.muse.note.no_checksum" in {note.id for note in found.notes}

"""The parser of elements: what dcmtk and pydicom see, and nothing that takes time or memory."""

import resource
import struct
import time
import warnings
import zlib
from pathlib import Path

import pydicom.data
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset

from ecg_files import dicom_bytes
from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.dicom.elements import DEEPEST, DataSet
from farlead.formats.dicom.parse import parse
from farlead.messages import Language

WHEEL = Path(pydicom.data.__file__).parent / "test_files"
META = (
    b"\0" * 128 + b"DICM\x02\x00\x00\x00UL\x04\x00\x1c\x00\x00\x00"
    b"\x02\x00\x10\x00UI\x14\x00" + b"1.2.840.10008.1.2.1".ljust(20, b"\0")
)
DEFLATED = META[:144] + b"\x02\x00\x10\x00UI\x16\x00" + b"1.2.840.10008.1.2.1.99"
ITEM, ITEM_END, END = b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0"
OPEN = b"\xff\xff\xff\xff"
SEQUENCE = b"\x00\x54\x00\x01SQ\0\0"
CONTENT = b"\x40\x00\x30\xa7SQ\0\0"
SOP_CLASS = b"\x08\x00\x16\x00UI\x1e\x00" + b"1.2.840.10008.5.1.4.1.1.88.11\0"


def refused(data: bytes, seconds: float = 2.0, megabytes: float = 200.0) -> UnreadableFile:
    """The refusal, which comes within the bounds."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin = time.process_time()
    with pytest.raises(UnreadableFile) as error:
        read(data)
    assert time.process_time() - begin < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < megabytes * 1024
    assert "请" in error.value.text(Language.ZH)
    return error.value


def same(mine: DataSet, theirs: Dataset) -> int:
    """Compare all values byte by byte; how many there were."""
    count = 0
    for tag in theirs.keys():  # noqa: SIM118  # a data set is no mapping
        raw = theirs.get_item(tag)
        if getattr(raw, "VR", None) == "SQ" or mine.value(int(tag)) is None:
            for one, other in zip(mine.items(int(tag)), theirs[tag].value, strict=True):
                count += same(one, other)
        elif isinstance(getattr(raw, "value", None), bytes) and tag != 0x7FE00010:
            assert mine.value(int(tag)) == raw.value, tag
            count += 1
    return count


def test_all_values_are_those_that_pydicom_finds() -> None:
    count = 0
    for path in sorted(WHEEL.glob("*.dcm")):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                theirs = dcmread(path, force=True)
                mine = parse(path.read_bytes()).body
                count += same(mine, theirs)
            except (UnreadableFile, NotImplementedError, OSError):
                continue
    assert count > 5000


def nested(depth: int, *, defined: bool = False) -> bytes:
    """Sequences in items in sequences."""
    if not defined:
        closed = ITEM_END + b"\0" * 4 + END + b"\0" * 4
        return META + SOP_CLASS + (CONTENT + OPEN + ITEM + OPEN) * depth + closed * depth
    inner = b""
    for _ in range(depth):
        item = ITEM + struct.pack("<L", len(inner)) + inner
        inner = CONTENT + struct.pack("<L", len(item)) + item
    return META + SOP_CLASS + inner


def test_sequences_nest_as_deep_as_is_allowed() -> None:
    with pytest.raises(UnreadableFile, match="structured report"):
        read(nested(DEEPEST + 2, defined=True))  # empty as far as it is looked at
    assert str(DEEPEST) in str(refused(nested(DEEPEST + 2)))
    refused(nested(100_000))
    refused(nested(2000, defined=True))


def test_millions_of_items_and_elements_are_refused() -> None:
    empty = ITEM + b"\0" * 4
    many = META + SEQUENCE + OPEN + empty * 1_000_000 + END + b"\0" * 4
    assert "500000 elements" in str(refused(many, seconds=4))
    defined = META + SEQUENCE + struct.pack("<L", 8 * 1_000_000) + empty * 1_000_000
    assert "500000 elements" in str(refused(defined, seconds=4))
    flat = META + b"\x08\x00\x16\x00UI\x00\x00" * 1_000_000
    assert "500000 elements" in str(refused(flat, seconds=4))
    pixels = META + b"\xe0\x7f\x10\x00OB\0\0" + OPEN + empty * 1_000_000 + END + b"\0" * 4
    assert "500000 elements" in str(refused(pixels, seconds=4))


@pytest.mark.parametrize("length", [OPEN[:3] + b"\x7f", b"\xfe\xff\xff\xff", b"\0\0\0\x40"])
def test_four_gigabytes_in_a_small_file(length: bytes) -> None:
    for head in (SEQUENCE, b"\xe0\x7f\x10\x00OW\0\0", b"\x00\x54\x10\x10OW\0\0"):
        assert refused(META + head + length + b"\0" * 100).tag is not None
    item = META + SEQUENCE + OPEN + ITEM + length + b"\0" * 100
    assert refused(item).offset is not None


def test_a_deflate_bomb_is_refused() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = b"".join(packer.compress(b"\0" * (1 << 20)) for _ in range(200)) + packer.flush()
    assert len(bomb) < 2_000_000
    assert "grows beyond" in str(refused(DEFLATED + bomb, seconds=6, megabytes=400))


def test_a_deflated_ecg_reads() -> None:
    plain = dicom_bytes()
    start = 132 + 12 + int.from_bytes(plain[140:144], "little")
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = DEFLATED + packer.compress(plain[start:]) + packer.flush()
    assert read(data).notes == ()
    refused(data[:-200])


@pytest.mark.parametrize("cut", range(132, 1500, 37))
def test_a_file_cut_anywhere_in_its_head_is_refused(cut: int) -> None:
    refused(dicom_bytes()[:cut])

"""ZIP files from units: one study is read, everything else is refused before it is unpacked."""

import io
import random
import struct
import time
import tracemalloc
import zipfile

import pytest

from ecg_files import dicom_bytes, recording, text_file
from farlead.errors import UnreadableFile
from farlead.formats import describe, digest, read
from farlead.messages import Language, Message
from farlead.model.recording import Recording
from wfdb_files import Signal, record, segmented, zipped

DICOM = dicom_bytes()
WFDB = record("r", [Signal("II", list(range(200)))])


def refusal(data: bytes) -> Message:
    tracemalloc.start()
    begin = time.process_time()
    with pytest.raises(UnreadableFile) as raised:
        read(data)
    seconds, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 2
    assert peak < 200 << 20
    assert "请" in raised.value.text(Language.ZH)
    assert "sk the unit" in raised.value.text(Language.EN)
    return raised.value.reason


def test_one_file_of_another_format() -> None:
    for data in (
        zipped({"a.dcm": DICOM}),
        zipped({"a/b/c": DICOM}),
        zipped({"a.dcm": DICOM}, method=zipfile.ZIP_STORED),
        zipped({"a.dcm": DICOM, "__MACOSX/._a.dcm": b"x", ".DS_Store": b"y", "a/": b""}),
    ):
        assert digest(read(data)) == digest(read(DICOM))
    assert describe(zipped({"a.dcm": DICOM})).patient == recording().patient


def test_one_record_flat_or_in_a_folder() -> None:
    for folder in ("", "r/", "a/b/", "r\\", "心电/", "../"):
        content = read(zipped({**WFDB, "r.atr": b"\0\0", "notes.txt": b"x"}, folder))
        assert isinstance(content, Recording)
        assert content.samples.shape == (1, 200)


def test_names_in_gbk_without_a_declaration() -> None:
    files = record("r", [Signal("II", [1, 2])])
    header = files["r.hea"].replace(b"r.dat", "心电.dat".encode("gb18030"))
    data = zipped({"r.hea": header, "XXXX.dat": files["r.dat"]})
    data = data.replace(b"XXXX.dat", "心电.dat".encode("gb18030"))
    assert isinstance(read(data), Recording)


def test_a_record_of_segments() -> None:
    files = segmented("m", [("r", 200), ("~", 5), ("r", 200)], 1) | WFDB
    content = read(zipped(files))
    assert isinstance(content, Recording)
    assert content.samples.shape == (1, 405)


def test_signal_files_of_another_folder_are_not_taken() -> None:
    data = zipped({"a/r.hea": WFDB["r.hea"], "b/r.dat": WFDB["r.dat"]})
    assert refusal(data).id == "formats.wfdb.missing"


def test_what_is_in_it_must_be_a_study() -> None:
    assert refusal(zipped({"a.txt": text_file()})).id == "formats.is_text"
    assert refusal(zipped({})).id == "formats.archive.empty"
    assert refusal(zipped({"a.dcm": DICOM, "b.dcm": DICOM})).id == "formats.archive.no_record"
    two = record("s", [Signal("II", [1])])
    assert refusal(zipped(WFDB | two)).id == "formats.archive.several"
    assert refusal(zipped({"r.hea": WFDB["r.hea"]})).id == "formats.wfdb.missing"
    assert refusal(zipped({"a.zip": zipped({"a.dcm": DICOM})})).id == "formats.archive.nested"


def test_encryption_and_rare_compressions() -> None:
    data = bytearray(zipped({"a.dcm": DICOM}))
    central = data.index(b"PK\x01\x02")
    data[6] |= 1
    data[central + 8] |= 1
    assert refusal(bytes(data)).id == "formats.archive.encrypted"
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        assert refusal(zipped({"a.dcm": DICOM}, method=method)).id == "formats.archive.method"


def test_bombs_are_refused_before_they_are_unpacked() -> None:
    one = zipped({"a": b"\0" * (70 << 20)})
    assert refusal(one).id == "formats.archive.bomb"
    many = zipped({f"{i}": b"\0" * (1 << 20) for i in range(70)})
    assert refusal(many).id == "formats.archive.bomb"
    claim = bytearray(zipped({"a.dcm": DICOM}))
    central = claim.index(b"PK\x01\x02")
    struct.pack_into("<I", claim, central + 24, 0xFFFFFFFE)
    assert refusal(bytes(claim)).id == "formats.archive.bomb"


def test_entries_that_share_their_bytes() -> None:
    data = zipped({f"{i:03d}": random.Random(i).randbytes(5000) for i in range(3)})
    end = data.index(b"PK\x01\x02")
    entries = data[end : data.index(b"PK\x05\x06")]
    size = len(entries) // 3
    copies = entries[:size] * 300
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 300, 300, len(copies), end, 0)
    assert refusal(data[:end] + copies + tail).id == "formats.archive.bomb"


def test_too_many_entries() -> None:
    assert refusal(zipped({f"{i}": b"" for i in range(1001)})).id == "formats.archive.entries"


def test_an_entry_holds_no_more_than_it_announces() -> None:
    """The sizes say 10 bytes, the stream goes on for 50 MB."""
    data = bytearray(zipped({"a.dcm": b"\0" * (50 << 20)}))
    central = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, 22, 10)
    struct.pack_into("<I", data, central + 24, 10)
    assert refusal(bytes(data)).id == "formats.archive.damaged"


def test_damage_ends_in_a_reason() -> None:
    good = zipped(WFDB)
    for cut in range(0, len(good), 7):
        refusal_or_content(good[:cut])
    chance = random.Random(1)
    for _ in range(1500):
        changed = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            changed[chance.randrange(len(changed))] = chance.randrange(256)
        refusal_or_content(bytes(changed))


def refusal_or_content(data: bytes) -> None:
    try:
        assert isinstance(read(data), Recording)
    except UnreadableFile as error:
        text = error.text(Language.ZH)
        assert text


def test_a_zip_with_nothing_before_its_end_record() -> None:
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    assert refusal(empty.getvalue()).id == "formats.archive.empty"

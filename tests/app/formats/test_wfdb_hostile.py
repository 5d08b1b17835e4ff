"""WFDB headers and files that lie: a sentence, soon, and without taking memory first."""

import os
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farlead.errors import UnreadableFile
from farlead.formats import read
from farlead.formats.source import beside
from farlead.messages import Language, Message
from farlead.model.recording import Recording
from wfdb_files import RANGES, Signal, layout, record, segmented, written, zipped

GOOD = record("r", [Signal("II", list(range(100))), Signal("V1", list(range(100)))])


def refusal(source: bytes | Path) -> Message:
    """Reason of a refusal that comes in two seconds and 200 MB."""
    tracemalloc.start()
    begin = time.process_time()
    with pytest.raises(UnreadableFile) as raised:
        read(source)
    seconds, peak = time.process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seconds < 2
    assert peak < 200 << 20
    assert "请" in raised.value.text(Language.ZH)
    assert "sk the unit" in raised.value.text(Language.EN)
    return raised.value.reason


def header(text: str, **files: bytes) -> bytes:
    return zipped({"r.hea": text.encode(), **{f"{n}.dat": d for n, d in files.items()}})


def test_a_header_alone_names_the_file_that_is_missing() -> None:
    reason = refusal(GOOD["r.hea"])
    assert reason.id == "formats.wfdb.missing"
    assert reason.parameters == {"file": "r.dat", "record": "r"}


def test_a_missing_segment_is_named() -> None:
    files = segmented("m", [("a", 1), ("b", 1)], 1) | record("a", [Signal("II", [1])])
    assert refusal(zipped(files)).parameters["file"] == "b.hea"


@pytest.mark.parametrize(
    "name",
    [
        "../r.dat",
        "sub/r.dat",
        "/etc/passwd",
        "..",
        "..\\r.dat",
        "C:\\r.dat",
        "http://example.org/r.dat",
        "https://example.org/r.dat",
        "file:///etc/passwd",
        "s3://bucket/r.dat",
        "r\x01.dat",
    ],
)
def test_only_bare_names_are_opened(tmp_path: Path, name: str) -> None:
    (tmp_path / "sub").mkdir()
    for folder in (tmp_path, tmp_path / "sub"):
        (folder / "r.dat").write_bytes(b"\0\0")
    file = tmp_path / "sub" / "r.hea"
    file.write_text(f"r 1 250 1\n{name} 16 200/mV\n")
    assert refusal(file).id == "formats.wfdb.path"
    file.write_text(f"r/1 1 250 1\n{name}/s 1\n")
    assert refusal(file).id == "formats.wfdb.path"


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    path = written(GOOD, inside)
    (inside / "r.dat").rename(tmp_path / "r.dat")
    (inside / "r.dat").symlink_to(tmp_path / "r.dat")
    assert refusal(path).id == "formats.wfdb.missing"
    (inside / "r.dat").unlink()
    os.mkfifo(inside / "r.dat")
    assert refusal(path).id == "formats.wfdb.missing"
    (inside / "r.dat").unlink()
    (inside / "r.dat").mkdir()
    assert refusal(path).id == "formats.wfdb.missing"


def test_a_link_within_the_folder_is_followed(tmp_path: Path) -> None:
    path = written(GOOD, tmp_path)
    (tmp_path / "r.dat").rename(tmp_path / "other.dat")
    (tmp_path / "r.dat").symlink_to("other.dat")
    assert isinstance(read(path), Recording)


def test_a_folder_that_is_gone_has_no_companions(tmp_path: Path) -> None:
    assert beside(tmp_path / "none")("r.dat") is None
    assert beside(tmp_path)("a\0b") is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("r 1000000000 250 1\nr.dat 16", "wfdb.too_many"),
        ("r/1000000000 1 250 1\na 1", "wfdb.too_many"),
        ("r/999999999 1 250 1\na 1", "wfdb.too_many"),
        ("r 2 250 1\nr.dat 16", "wfdb.signal_lines"),
        ("r/2 1 250 1\na 1", "wfdb.segment_lines"),
        ("r 1 250 1000000000\nr.dat 16", "wfdb.truncated"),
        ("r 1 250 999999999999\nr.dat 16", "wfdb.truncated"),
        ("r 1 250 9999999999999\nr.dat 16", "wfdb.line"),
        ("r 1 250 1\nr.dat 16x999999", "wfdb.truncated"),
        ("r 2 250 1\nr.dat 16x999999\nr.dat 16x999999", "wfdb.frame"),
        ("r 1 250 1\nr.dat 16x0", "wfdb.line"),
        ("r 1 250 1\nr.dat 16+999999999999", "wfdb.truncated"),
        ("r 1 250 1\nr.dat 16:999999999", "no_samples"),
        ("r 1 250 1\nr.dat 17", "wfdb.format"),
        ("r 2 250 1\nr.dat 16\nr.dat 17", "wfdb.format"),
        ("r 1 250 1\nr.dat 516", "wfdb.flac"),
        ("r 1 nan 1\nr.dat 16", "rate"),
        ("r 1 inf 1\nr.dat 16", "rate"),
        ("r 1 1e999 1\nr.dat 16", "rate"),
        ("r 1 0 1\nr.dat 16", "rate"),
        ("r 1 -250 1\nr.dat 16", "rate"),
        ("r 1 1e300 1\nr.dat 16", "rate"),
        ("r 1 1e-300 1\nr.dat 16", "rate"),
        ("r 1 250 1\nr.dat 16 nan/mV", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 inf/mV", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 1e-300/mV", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 200(nan)/mV", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 200(1e300)/mV", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 200 12 0 x", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 200 12 0 " + "9" * 5000, "wfdb.line"),
        ("r 1 250 x\nr.dat 16", "wfdb.line"),
        ("r 1 250 1\nr.dat 16 200/parsec", "wfdb.no_voltage"),
        ("r 2 250 1\nr.dat 16\nr.dat 212", "wfdb.mixed"),
        ("r 2 250 1\nr.dat 16\nr.dat 16+1", "wfdb.mixed"),
        ("r 3 250 1\nr.dat 16\ns.dat 16\nr.dat 16", "wfdb.mixed"),
        ("r 1 250 1\n~ 0 200/mV", "wfdb.no_signals"),
        ("r 0 250 100", "wfdb.no_signals"),
        ("r/1 1 250 1\nr 1", "wfdb.nested"),
        ("r/1 1 250 0\nr 0", "wfdb.nested"),
        ("r/1 1 250 5\n~ 5", "wfdb.no_signals"),
    ],
)
def test_headers_that_lie(text: str, reason: str) -> None:
    assert refusal(header(text + "\n", r=b"\1\0" * 4, s=b"\1\0")).id == f"formats.{reason}"


def test_lengths_that_differ_without_one_announced() -> None:
    files = {"r": b"\0\0", "s": b"\0\0\0\0"}
    text = "r 2 250\nr.dat 16\ns.dat 16\n"
    assert refusal(header(text, **files)).id == "formats.wfdb.lengths"


def test_a_gap_of_years_costs_no_memory() -> None:
    files = segmented("m", [("a", 1), ("~", 80_000_000)], 1) | record("a", [Signal("II", [1])])
    assert refusal(zipped(files)).id == "formats.wfdb.empty"
    long = segmented("m", [("a", 1), ("~", 999_999_999_998)], 1)
    assert refusal(zipped(files | long)).id in ("formats.wfdb.empty", "formats.too_long")


def test_one_segment_ten_thousand_times() -> None:
    files = segmented("m", [("a", 3000)] * 10_000, 1)
    files |= record("a", [Signal("II", [1] * 3000)])
    assert refusal(zipped(files)).id == "formats.wfdb.empty"
    wide = segmented("m", [("a", 1)] * 10_000, 500)
    wide |= record("a", [Signal("II", [1])] * 500)
    assert refusal(zipped(wide)).id == "formats.wfdb.too_many"


def test_a_header_of_a_megabyte() -> None:
    assert refusal(GOOD["r.hea"] + b"# \n" * 400_000).id == "formats.wfdb.header_size"


def test_segment_headers_of_many_megabytes() -> None:
    names = [f"s{i}" for i in range(20)]
    files = segmented("m", [(name, 1) for name in names], 1)
    for name in names:
        files |= record(name, [Signal("II", [1])])
        files[f"{name}.hea"] += b"# %s\n" % os.urandom(450_000).hex().encode()
    assert refusal(zipped(files)).id in ("formats.wfdb.header_size", "formats.archive.entries")


def test_a_lay_out_that_names_the_same_signal_often() -> None:
    files = segmented("m", [("l", 0), ("a", 2)], 3) | layout("l", ["II", "II", "V1"])
    files |= record("a", [Signal("II", [1, 2]), Signal("II", [3, 4]), Signal("II", [5, 6])])
    content = read(zipped(files))
    assert isinstance(content, Recording)
    assert content.leads == ("II", "V1", "II (2)")
    assert np.isnan(content.samples[1]).all()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    code=st.sampled_from(sorted(RANGES)),
    edits=st.lists(
        st.tuples(
            st.integers(0, 200),
            st.integers(0, 3),
            st.sampled_from(
                ["9", "-", "x", "0", "\n", " ", "/", "(", "~", "1e9", ":", "+", "é", "#"]
            ),
        ),
        min_size=1,
        max_size=6,
    ),
    cut=st.none() | st.integers(0, 300),
)
def test_changed_headers_end_in_a_recording_or_a_reason(
    code: int, edits: list[tuple[int, int, str]], cut: int | None
) -> None:
    files = record("r", [Signal("II", list(range(-20, 30))), Signal("V1", [3] * 50)], code=code)
    text = files["r.hea"].decode()
    for at, length, piece in edits:
        text = text[: at % len(text)] + piece + text[at % len(text) + length :]
    files["r.hea"] = text.encode()
    files["r.dat"] = files["r.dat"][:cut]
    content = outcome(zipped(files))
    if isinstance(content, UnreadableFile):
        assert content.reason.id != "formats.damaged"  # a reason that we did not think of
        assert content.text(Language.ZH)
        assert content.text(Language.EN)
    else:
        assert isinstance(content, Recording)
        assert not np.isinf(content.samples).any()


def outcome(data: bytes) -> object:
    try:
        return read(data)
    except UnreadableFile as error:
        return error

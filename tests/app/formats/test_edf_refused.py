"""EDF and BDF that cannot be read: a sentence that says what, where and what to do; never more."""

import time
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edf_files import GENERAL, Signal, edf_bytes, replaced, tal
from farlead.errors import UnreadableFile
from farlead.formats import edf, read
from farlead.messages import Language
from farlead.model.recording import Recording

VALUES = np.random.default_rng(7).integers(-2000, 2000, 5000)
ECG = edf_bytes([Signal("ECG II", VALUES), Signal("ECG V1", VALUES)])
LISTS = [tal(f"+{i}", "") for i in range(10)]
PLUS = edf_bytes([Signal("ECG II", VALUES)], lists=[*LISTS[:-1], LISTS[-1] + tal("+2", "VES")])
INTERRUPTED = edf_bytes([Signal("ECG II", VALUES)], lists=LISTS, kind="EDF+D")


def refusal(data: bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    error = caught.value
    assert error.reason.id != "formats.damaged"
    assert "请" in error.text(Language.ZH)
    assert "sk the unit" in error.text(Language.EN)
    return error


def with_limits(**changes: object) -> bytes:
    return edf_bytes([Signal("ECG II", VALUES, **changes)])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "reason", "tag"),
    [
        (ECG[:700], "header_cut", None),
        (ECG[:200], "header_cut", None),
        (replaced(ECG, "signals", "0"), "field", "signals"),
        (replaced(ECG, "signals", "-3"), "field", "signals"),
        (replaced(ECG, "signals", "9999"), "field", "signals"),
        (replaced(ECG, "signals", "x"), "field", "signals"),
        (replaced(ECG, "signals", "3"), "field", "header_bytes"),
        (replaced(ECG, "header_bytes", "512"), "field", "header_bytes"),
        (replaced(ECG, "duration", "0"), "field", "duration"),
        (replaced(ECG, "duration", "-1"), "field", "duration"),
        (replaced(ECG, "duration", "1,5"), "field", "duration"),
        (replaced(ECG, "duration", "1e999999"), "field", "duration"),
        (replaced(ECG, "duration", "nan"), "field", "duration"),
        (replaced(ECG, "records", "0"), "field", "records"),
        (replaced(ECG, "records", "-2"), "field", "records"),
        (replaced(ECG, "records", "?"), "field", "records"),
        (replaced(ECG, "records", "11"), "truncated", "records"),
        (replaced(ECG, "records", "99999999"), "truncated", "records"),
        (ECG[:-1], "truncated", "records"),
        (edf_bytes([Signal("EEG Fp1", VALUES), Signal("EOG", VALUES)]), "no_ecg", None),
        (edf_bytes([Signal("X", VALUES)]), "no_ecg", None),
        (with_limits(dimension=""), "no_unit", "ECG II"),
        (with_limits(dimension="MV"), "no_unit", "ECG II"),
        (with_limits(dimension="bpm"), "no_unit", "ECG II"),
        (with_limits(physical=("5", "5.0")), "flat", None),
        (with_limits(range=("7", "7")), "digital", None),
        (with_limits(range=("2047", "-2048")), "digital", None),
        (with_limits(range=("-99999", "99999")), "digital", None),
        (with_limits(physical=("", "1")), "channel_field", "ECG II: physical_minimum"),
        (with_limits(physical=("-1", "1e99")), "channel_field", "ECG II: physical_maximum"),
        (with_limits(range=("-1.5", "1")), "channel_field", "ECG II: digital_minimum"),
        (ECG.replace(b"500     500 ", b"500     -1  "), "channel_field", "ECG V1: samples"),
    ],
)
def test_headers(data: bytes, reason: str, tag: str | None) -> None:
    error = refusal(data)
    assert error.reason.id == f"formats.edf.{reason}"
    assert error.tag == tag or tag is None


def test_channel_is_named() -> None:
    assert "“ECG II”" in refusal(with_limits(physical=("5", "5"))).text(Language.ZH)
    assert "EEG Fp1" in refusal(edf_bytes([Signal("EEG Fp1", VALUES)])).text(Language.EN)


@pytest.mark.parametrize(("rate", "duration"), [(1, "100"), (5000, "0.000001")])
def test_rates_of_no_ecg(rate: int, duration: str) -> None:
    data = edf_bytes([Signal("ECG II", VALUES)], records=5000 // rate, duration=duration)
    assert refusal(data).reason.id == "formats.rate"


def test_interruptions_without_times() -> None:
    lists = [*LISTS[:4], b"\0" * 8, *LISTS[5:]]
    data = edf_bytes([Signal("ECG II", VALUES)], lists=lists, kind="EDF+D")
    assert "data record 5 states no time" in refusal(data).text(Language.EN)
    no_signal = edf_bytes([Signal("ECG II", VALUES)], kind="EDF+D")
    assert refusal(no_signal).reason.id == "formats.edf.no_time"


def test_data_records_that_overlap() -> None:
    lists = [*LISTS[:4], tal("+3.5", ""), *LISTS[5:]]
    data = edf_bytes([Signal("ECG II", VALUES)], lists=lists, kind="EDF+D")
    assert "Data record 5 overlaps" in refusal(data).text(Language.EN)


@pytest.mark.parametrize("onset", ["+99999999", "+1e9", "+999999999999999999999"])
def test_gaps_that_would_fill_memory(onset: str) -> None:
    data = edf_bytes([Signal("ECG II", VALUES)], lists=[*LISTS[:9], tal(onset, "")], kind="EDF+D")
    tracemalloc.start()
    refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.data
def test_shared_files_are_no_ecg(farlead_data: Path) -> None:
    for file in sorted((farlead_data / "device" / "edf_bdf").iterdir()):
        error = refusal(file.read_bytes())
        assert error.reason.id == "formats.edf.no_ecg"
        assert "no ECG channel" in error.text(Language.EN)


def test_nothing_shorter_is_read() -> None:
    for data in (ECG, PLUS, INTERRUPTED):
        ends = [*range(0, 2000, 37), *range(2000, len(data), 501), len(data) - 1]
        for end in ends:
            with pytest.raises(UnreadableFile):
                read(data[:end] or b"0")


def outcome(data: bytes) -> None:
    """A recording or a reason that we know of."""
    try:
        content: Recording | UnreadableFile = edf.read(data)
    except UnreadableFile as error:
        content = error
    if isinstance(content, UnreadableFile):
        assert content.reason.id != "formats.damaged", content.__cause__


_TEXTS = st.sampled_from(["", "-1", "0", "1e9", "1e-9", "99999999", "-0", "+", "..", "\xff", "NaN"])


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(set(GENERAL) - {"version"})),
    text=_TEXTS | st.text(alphabet="0123456789.+-eE ", max_size=4),
    data=st.sampled_from([ECG, PLUS, INTERRUPTED]),
)
def test_any_field_of_the_header(name: str, text: str, data: bytes) -> None:
    begin = time.process_time()
    outcome(replaced(data, name, text.encode("latin-1")[: GENERAL[name][1]]))
    assert time.process_time() - begin < 2


@settings(max_examples=300, deadline=None)
@given(
    edits=st.lists(st.tuples(st.integers(0, 4000), st.binary(min_size=1, max_size=8)), max_size=6),
    data=st.sampled_from([ECG, PLUS, INTERRUPTED]),
)
def test_any_damage(edits: list[tuple[int, bytes]], data: bytes) -> None:
    changed = bytearray(data)
    for at, piece in edits:
        changed[at : at + len(piece)] = piece
    outcome(bytes(changed))

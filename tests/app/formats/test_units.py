"""One table of units for all readers, and what happens to a lead of an unknown one."""

import numpy as np
import pytest

from edf_files import Signal as EdfSignal
from edf_files import edf_bytes
from farlead import formats
from farlead.errors import UnreadableFile
from farlead.formats import csv_table, edf, muse, schiller
from farlead.formats.units import IN_MILLIVOLTS, PER_MILLIVOLT, is_lead, per_millivolt
from farlead.messages import Language
from farlead.model.recording import Recording
from muse_files import muse_bytes
from schiller_files import schiller_bytes
from wfdb_files import Signal as WfdbSignal
from wfdb_files import record, zipped


@pytest.mark.parametrize(
    ("text", "divisor"),
    [
        *((unit, 1e3) for unit in ("uV", "UV", "uv", "\u00b5V", "\u03bcV", "\u00b5v", " uV ")),
        *((unit, 1e3) for unit in ("microvolt", "MICROVOLTS", "Microvolts")),
        *((unit, 1.0) for unit in ("mV", "mv", "millivolt", "MILLIVOLTS")),
        ("nV", 1e6),
        ("V", 1e-3),
        ("volts", 1e-3),
        *(
            (unit, None)
            for unit in ("MV", "Mv", "NV", "kV", "v", "m V", "mmHg", "", None, "\u039cV")
        ),
    ],
)
def test_units_and_how_they_may_be_spelled(text: str | None, divisor: float | None) -> None:
    assert per_millivolt(text) == divisor


def test_both_tables_say_the_same() -> None:
    for unit, divisor in PER_MILLIVOLT.items():
        assert IN_MILLIVOLTS[unit] * divisor == pytest.approx(1.0, rel=1e-15)


def test_in_capitals_mv_is_a_millivolt() -> None:
    assert per_millivolt("MV", capitals=True) == 1.0
    assert per_millivolt("uv", capitals=True) == 1e3
    assert per_millivolt("KV", capitals=True) is None
    data = muse_bytes(declared="UTF-8", encoding="utf-8")
    again = muse.read(data.replace(b"MICROVOLTS", b"MV").replace(b">4.88<", b">0.00488<"))
    np.testing.assert_allclose(again.samples, muse.read(data).samples, rtol=1e-6)
    data = schiller_bytes()
    assert b">UV<" in data
    again, plain = schiller.read(data.replace(b">UV<", b">uV<")), schiller.read(data)
    np.testing.assert_array_equal(again.samples, plain.samples)


@pytest.mark.parametrize(
    ("label", "lead"),
    [("II", True), ("Lead V2", True), ("V4R", True), ("MCL1", True), ("X", False), ("ABP", False)],
)
def test_what_is_an_ecg_lead_and_nothing_else(label: str, lead: bool) -> None:
    assert is_lead(label) == lead


def refused(data: bytes, reader: object) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        reader.read(data)  # type: ignore[attr-defined]
    return caught.value


def test_a_named_lead_of_an_unknown_unit_is_refused_with_it() -> None:
    signals = [
        EdfSignal("ECG II", np.zeros(500, int)),
        EdfSignal("ECG V1", np.zeros(500, int), dimension="MV"),
    ]
    found = refused(edf_bytes(signals), edf)
    assert "“MV”" in found.text(Language.ZH)
    assert found.tag == "ECG V1"
    units = [WfdbSignal("II", [1, 2]), WfdbSignal("V1", [1, 2], gain="1/furlong")]
    found = refused(zipped(record("r", units)), formats)
    assert "“furlong” of lead “V1”" in found.text(Language.EN)
    table = b"# farlead-ecg 1; fs=500; unit=MV\nI,II\n" + b"0.1,0.2\n" * 500
    assert "MV" in refused(table, csv_table).text(Language.ZH)


def test_what_is_no_lead_is_left_out_and_noted() -> None:
    signals = [
        EdfSignal("ECG II", np.arange(500) % 2),
        EdfSignal("ECG", np.zeros(500, int), dimension="%"),
    ]
    found = edf.read(edf_bytes(signals))
    assert found.leads == ("II",)
    assert "formats.note.not_voltage" in {note.id for note in found.notes}
    units = [WfdbSignal("II", [1, 2]), WfdbSignal("X", [1, 2], gain="1/g")]
    content = formats.read(zipped(record("r", units)))
    assert isinstance(content, Recording)
    assert content.leads == ("II",)

"""The structured report as DICOM: what dcmtk prints of it."""

import io
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset

from farlead.analysis import screen
from farlead.model.people import Patient, Sex
from farlead.model.report import Decision
from farlead.model.screening import QtFormula
from farlead.model.study import StoredObject
from farlead.reporting.dicom_sr import Identity, ecg_report
from farlead.reporting.document import structured_report
from farlead.reporting.structured import StructuredReport, read_structured
from support_reporting import ecg_content, image_content, recording, screening

_ECG = "1.2.840.10008.5.1.4.1.1.9.1.1"
_SOURCE = "1.2.826.0.1.7.1"
_IDENTITY = Identity("2.25.1", "2.25.2", "2.25.3", {_SOURCE: "1.2.826.0.1.7"})


def _report(**changes: object) -> StructuredReport:
    made = recording()
    draft = replace(ecg_content().draft, decisions={"rate.test": Decision.REJECTED})
    base: dict[str, object] = {
        "recording": made,
        "screening": replace(
            screen(made).corrected_by(QtFormula.FRIDERICIA), flags=screening().flags
        ),
        "draft": draft,
        "objects": (StoredObject("a" * 64, 42_000, "b" * 64, "ecg.dcm", _SOURCE, _ECG),),
    }
    return read_structured(structured_report(ecg_content(**(base | changes))))


@pytest.fixture(scope="module")
def made() -> Dataset:
    return ecg_report(_report(), _IDENTITY)


@pytest.fixture(scope="module")
def file(made: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("sr") / "report.dcm"
    dcmwrite(written, made, enforce_file_format=True)
    return written


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    assert b"E:" not in done.stderr, done.stderr.decode()
    return done.stdout.decode()


def test_dsrdump_prints_every_figure_with_its_unit(file: Path) -> None:
    said = _said("dsrdump", "+Pc", "+Pu", str(file))
    assert "ECG Report" in said
    assert "示例患者一" in said
    for name, unit in (
        ("Heart rate", "/min"), ("PR interval global", "ms"), ("QRS duration global", "ms"),
        ("QT interval global", "ms"), ("QTc interval global", "ms"), ("QRS axis", "deg"),
    ):  # fmt: skip
        line = next(line for line in said.splitlines() if f'"{name}"' in line)
        assert unit in line, line
    assert "Fridericia QTc Algorithm" in said
    assert "窦性心律" in said
    assert "rejected" in said


def test_dcmdump_shows_the_references(file: Path) -> None:
    said = _said("dcmdump", str(file))
    assert said.count(_SOURCE) >= 3  # acquired, evidence, at least one figure
    assert "1.2.826.0.1.7" in said
    assert "MULTIPOINT" in said
    assert "ReferencedWaveformChannels" in said


def test_temporal_coordinates_are_samples_from_one(made: Dataset) -> None:
    report = _report()
    assert report.traced is not None
    rate = next(item for item in _items(made) if _name(item) == "Heart rate")
    (place,) = rate.ContentSequence
    assert place.ValueType == "TCOORD"
    assert list(place.ReferencedSamplePositions) == [p + 1 for p in report.traced.r_peaks]
    (wave,) = place.ContentSequence
    assert (wave.RelationshipType, wave.ValueType) == ("SELECTED FROM", "WAVEFORM")
    assert list(wave.ReferencedSOPSequence[0].ReferencedWaveformChannels) == [1, 0]


def _items(of: Dataset) -> list[Dataset]:
    below = list(of.get("ContentSequence", ()))
    return below + [item for each in below for item in _items(each)]


def _name(item: Dataset) -> str:
    named = item.get("ConceptNameCodeSequence")
    return str(named[0].CodeMeaning) if named else ""


def test_every_lead_has_its_measurements(made: Dataset) -> None:
    containers = [item for item in _items(made) if _name(item) == "ECG Lead Measurements"]
    assert len(containers) == 12
    lead = containers[1].ContentSequence[0].ConceptCodeSequence[0]
    assert (lead.CodeValue, lead.CodingSchemeDesignator) == ("2:2", "MDC")


def test_what_is_unknown_is_left_out(made: Dataset) -> None:
    """No figure without a value, no reference to an object whose series is not known."""
    for item in _items(made):
        if item.ValueType == "NUM":
            assert item.MeasuredValueSequence[0].NumericValue is not None
    bare = ecg_report(_report(), replace(_IDENTITY, sources={}))
    assert "CurrentRequestedProcedureEvidenceSequence" not in bare
    assert not [item for item in _items(bare) if item.ValueType in ("TCOORD", "WAVEFORM")]


def test_backslashes_part_no_values() -> None:
    content = {"patient": Patient("示例\\患者", "A\\1", sex=Sex.FEMALE)}
    out = io.BytesIO()
    dcmwrite(out, ecg_report(_report(**content), _IDENTITY), enforce_file_format=True)
    read = dcmread(io.BytesIO(out.getvalue()))
    assert str(read.PatientName) == "示例 患者"
    assert read.PatientID == "A 1"


def test_the_typed_report_is_what_was_signed() -> None:
    text = structured_report(ecg_content())
    report = read_structured(text)
    said = json.loads(text)
    assert report.number == said["report"]["number"]
    assert [line.zh for line in report.lines] == [s["zh"] for s in said["statements"]]
    assert [source.sha256 for source in report.sources] == ["a" * 64]
    assert report.traced is not None
    assert report.traced.fs == 500.0
    assert read_structured(structured_report(image_content())).traced is None


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"schema": "farlead-report/9"}', "x"])
def test_what_is_no_structured_report_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"structured report|schema|Expecting"):
        read_structured(text)

"""What goes out as DICOM: the signed PDF unaltered, the structured report with its references."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from ecg_files import dicom_bytes, recording
from farlead.exchange.delivery.objects import DicomObject, dicom_objects, series_of
from farlead.exchange.delivery.parcel import Parcel
from farlead.model.report import Draft
from farlead.services import open_desk
from support_house import PIN, READER, House, open_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def source() -> bytes:
    return dicom_bytes(recording(local_number="A1"))


@pytest.fixture(scope="module")
def parcel(house: House, source: bytes) -> Parcel:
    house.drop("a.dcm", source)
    house.take_in()
    (row,) = house.rows()
    with open_desk(house.settings, READER.login) as desk:
        desk.open_key(PIN)
        report = desk.sign(desk.claim(row.study.id), Draft(conclusion="窦性心律"))
    store, objects = house.services.store, house.services.objects
    (delivery,) = store.deliveries(row.study.id)
    study = store.study(row.study.id)
    pdf, said = objects.get(report.sha256 or ""), store.report_content(report.id)
    return Parcel(delivery, study, report, said, pdf, series_of(study, objects))


@pytest.fixture(scope="module")
def made(parcel: Parcel) -> dict[str, DicomObject]:
    pdf, structured = dicom_objects(parcel, ("pdf", "sr"))
    return {"pdf": pdf, "sr": structured}


def _said(tool: str, made: DicomObject, folder: Path) -> str:
    file = folder / "object.dcm"
    file.write_bytes(made.data)
    done = subprocess.run([tool, str(file)], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_pdf_is_encapsulated_byte_for_byte(
    made: dict[str, DicomObject], parcel: Parcel, source: bytes, tmp_path: Path
) -> None:
    document = pydicom.dcmread(io.BytesIO(made["pdf"].data))
    length = document.EncapsulatedDocumentLength
    assert document.EncapsulatedDocument[:length] == parcel.pdf
    read = pydicom.dcmread(io.BytesIO(source))
    said = _said("dcmdump", made["pdf"], tmp_path)
    assert "application/pdf" in said
    assert parcel.name in said  # in the title
    assert str(read.SOPInstanceUID) in said
    assert document.StudyInstanceUID == read.StudyInstanceUID


def test_the_structured_report_points_at_what_was_measured(
    made: dict[str, DicomObject], source: bytes, tmp_path: Path
) -> None:
    read = pydicom.dcmread(io.BytesIO(source))
    structured = pydicom.dcmread(io.BytesIO(made["sr"].data))
    (evidence,) = structured.CurrentRequestedProcedureEvidenceSequence
    (series,) = evidence.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == read.SeriesInstanceUID
    assert series.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == read.SOPInstanceUID
    said = _said("dsrdump", made["sr"], tmp_path)
    assert "Heart rate" in said
    assert "TCOORD" in said
    assert structured.SOPInstanceUID not in (read.SOPInstanceUID, made["pdf"].uid)


def test_a_repeat_is_the_same_object(parcel: Parcel, made: dict[str, DicomObject]) -> None:
    again = dicom_objects(parcel, ("pdf", "sr"))
    assert [each.data for each in again] == [made["pdf"].data, made["sr"].data]

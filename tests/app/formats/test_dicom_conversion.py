"""A recording that becomes a DICOM file: a new object that names its source, losses told."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from ecg_files import recording
from farlead.errors import UnwritableRecording
from farlead.formats import read
from farlead.formats.dicom_ecg_writer import encode_dicom_ecg
from farlead.formats.unfit import Unfit
from farlead.formats.writers import ENCODERS, write
from farlead.messages import Language
from farlead.model.people import Patient
from farlead.model.recording import Device, Identity, Recording, RequestHints

SOURCE = Identity("1.2.3", "1.2.3.4", "1.2.840.10008.5.1.4.1.1.9.1.1", "E1")
ECG = replace(recording(), identity=SOURCE)


def ecg(data: bytes) -> Recording:
    content = read(data)
    assert isinstance(content, Recording)
    return content


def test_the_object_is_new_and_names_its_source() -> None:
    (first, lost), (second, _) = encode_dicom_ecg(ECG), encode_dicom_ecg(ECG)
    made = [dcmread(BytesIO(data)) for data in (first, second)]
    assert len({"1.2.3.4", *(str(dataset.SOPInstanceUID) for dataset in made)}) == 3
    assert made[0].SeriesInstanceUID != made[1].SeriesInstanceUID
    (source,) = made[0].ConversionSourceAttributesSequence
    assert source.ReferencedSOPInstanceUID == "1.2.3.4"
    assert source.ReferencedSOPClassUID == SOURCE.sop_class_uid
    assert made[0].StudyInstanceUID == "1.2.3"
    assert not lost


def test_invalid_identifiers_are_replaced_and_told() -> None:
    content = replace(ECG, identity=Identity("1.02.3", "ABC-1", SOURCE.sop_class_uid))
    data, lost = encode_dicom_ecg(content)
    made = dcmread(BytesIO(data))
    assert made.StudyInstanceUID.is_valid
    assert "ConversionSourceAttributesSequence" not in made
    assert [note.id for note in lost] == ["formats.lost.uid", "formats.lost.source"]
    assert "1.02.3" in lost[0].text(Language.ZH)


def test_what_a_value_does_not_hold_is_told() -> None:
    content = replace(
        ECG,
        patient=Patient(name="名" * 70, local_number="1\\2", national_id="x"),
        device=Device(model="m" * 80, gain=5.0),
        hints=RequestHints("问" * 100, "李^医生", "科" * 70, "院", "9"),
        identity=replace(SOURCE, accession="E" * 17),
    )
    data, lost = encode_dicom_ecg(content)
    told = "\n".join(note.text(Language.EN) for note in lost)
    for words in ("“name”", "“patient's number”", "“equipment”", "“clinical question”",
                  "“requesting doctor”", "“department”", "“accession number”", "gain",
                  "priority “9”", "National identity"):  # fmt: skip
        assert words in told
    assert "institution" not in told
    again = ecg(data)
    assert again.patient.local_number == "1 2"
    assert again.hints == RequestHints("问" * 64, "李 医生", "科" * 64, "院", None)


def test_leads_without_a_public_code_come_back_by_name() -> None:
    leads = ("MLII", "Frank-like odd lead", "II (2)", *ECG.leads[3:])
    data, lost = encode_dicom_ecg(replace(ECG, leads=leads))
    again = ecg(data)
    assert set(again.leads) == set(leads)
    for lead, row in zip(leads, ECG.samples, strict=True):
        np.testing.assert_array_equal(again.samples[again.leads.index(lead)], row)
    assert not {note.id for note in again.notes} & {
        "formats.note.unnamed_lead",
        "formats.note.named_by_text",
        "formats.note.label_differs",
    }
    assert not lost


@pytest.mark.parametrize("lead", ["", "?", "a\\b", "x" * 65, " I"])
def test_a_name_that_no_code_holds_is_refused(lead: str) -> None:
    with pytest.raises(Unfit):
        encode_dicom_ecg(replace(ECG, leads=(lead, *ECG.leads[1:])))


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".dcm", replace(ECG, leads=("?", *ECG.leads[1:]))),
        (".dcm", replace(ECG, samples=np.full((12, 9), np.inf, np.float32))),
        (".dcm", replace(ECG, fs=0.0)),
        (".edf", replace(ECG, samples=np.full((12, 500), np.nan, np.float32))),
        (".edf", replace(ECG, samples=ECG.samples[:, :4999], fs=499.9)),
        (".edf", replace(ECG, leads=("心", *ECG.leads[1:]))),
        (".csv", replace(ECG, leads=("a,b", *ECG.leads[1:]))),
        (".csv", replace(ECG, samples=np.full((12, 9), np.inf, np.float32))),
        (".hea", replace(ECG, samples=ECG.samples * np.float32(1e9))),
        (".zip", replace(ECG, samples=np.zeros((12, 0), np.float32))),
    ],
)
def test_reasons_are_told_in_the_language_of_the_user(
    ending: str, content: Recording, tmp_path: Path
) -> None:
    assert ending in ENCODERS
    with pytest.raises(UnwritableRecording) as caught:
        write(content, tmp_path / f"ecg{ending}")
    chinese = caught.value.text(Language.ZH).partition("（")[2].rpartition("）")[0]
    words = [w for w in chinese.replace("Hz", "").replace("mV", "").split() if w.isalpha()]
    assert not [word for word in words if word.isascii() and len(word) > 1]
    assert "does not fit" in caught.value.text(Language.EN)
    assert not list(tmp_path.iterdir())

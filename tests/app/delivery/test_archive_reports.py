"""Reports in a real archive: preliminary, final, corrected, withdrawn; checked by others."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pydicom
import pytest

from farlead.exchange.delivery import DeliveryResult
from farlead.model.critical import declared
from support_orthanc import Orthanc, orthanc
from support_versions import Hub, hub

DONE = DeliveryResult(confirmed=1)
WAY = {"kind": "stow", "archive": "hub", "objects": ["pdf", "sr"]}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("archive")) as made:
        yield made


@dataclass
class Life:
    """What came into the archive at each act, by the kind of object."""

    house: Hub
    came: dict[str, dict[str, pydicom.FileDataset]]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory, archive: Orthanc) -> Iterator[Life]:
    """A report from its first signature to its withdrawal, every step in the archive."""
    with hub(tmp_path_factory.mktemp("life"), WAY, archive=archive.archive(take=False)) as house:
        came: dict[str, dict[str, pydicom.FileDataset]] = {}
        before: set[str] = set()
        for act in (house.preliminary, house.final, house.correct, house.withdraw):
            act()
            assert house.dispatch.settle() == DONE
            now = _all(archive)
            new = [each for uid, each in now.items() if uid not in before]
            came[act.__name__] = {str(each.Modality): each for each in new}
            assert before < set(now)  # nothing that was there is gone or replaced
            before = set(now)
        yield Life(house, came)


def _all(archive: Orthanc) -> dict[str, pydicom.FileDataset]:
    with archive.http as client:
        names = client.get("/instances").json()
        files = [client.get(f"/instances/{name}/file").content for name in names]
    read = [pydicom.dcmread(io.BytesIO(data)) for data in files]
    return {str(each.SOPInstanceUID): each for each in read}


def test_each_standing_is_marked(life: Life) -> None:
    preliminary, final, corrected = (life.came[act] for act in ("preliminary", "final", "correct"))
    assert preliminary["SR"].PreliminaryFlag == "PRELIMINARY"
    assert preliminary["SR"].VerificationFlag == "UNVERIFIED"
    assert preliminary["DOC"].DocumentTitle.startswith("PRELIMINARY 初步报告")
    assert final["SR"].PreliminaryFlag == corrected["SR"].PreliminaryFlag == "FINAL"
    assert final["SR"].VerificationFlag == "VERIFIED"
    assert corrected["DOC"].DocumentTitle.startswith("CORRECTED 更正报告")
    studies = {str(each.StudyInstanceUID) for act in life.came.values() for each in act.values()}
    assert len(studies) == 1


@pytest.mark.parametrize("kind", ["SR", "DOC"])
def test_each_version_is_a_new_object_that_names_the_one_before(life: Life, kind: str) -> None:
    before: pydicom.FileDataset | None = None
    for act in ("preliminary", "final", "correct"):
        each = life.came[act][kind]
        if before is None:
            assert "PredecessorDocumentsSequence" not in each
        else:
            (study,) = each.PredecessorDocumentsSequence
            assert study.StudyInstanceUID == before.StudyInstanceUID
            (series,) = study.ReferencedSeriesSequence
            assert series.SeriesInstanceUID == before.SeriesInstanceUID
            (named,) = series.ReferencedSOPSequence
            assert named.ReferencedSOPClassUID == before.SOPClassUID
            assert named.ReferencedSOPInstanceUID == before.SOPInstanceUID
        before = each


def test_a_withdrawal_names_what_must_not_be_used(life: Life) -> None:
    (note,) = life.came["withdraw"].values()
    assert (note.Modality, note.ConceptNameCodeSequence[0].CodeValue) == ("KO", "113037")
    (study,) = note.CurrentRequestedProcedureEvidenceSequence
    named = {
        str(sop.ReferencedSOPInstanceUID)
        for series in study.ReferencedSeriesSequence
        for sop in series.ReferencedSOPSequence
    }
    assert named == {str(each.SOPInstanceUID) for each in life.came["correct"].values()}
    assert "患者弄错" in note.ContentSequence[0].TextValue


#: What ``dciodvfy`` says of anything that carries Chinese names, or codes of our own.
_HARMLESS = (
    "Value dubious for this VR",  # a Chinese name has no component separator
    "Unrecognized defined term <99FARLEAD>",
    "Missing attribute or value that would be needed to build DICOMDIR",
)


#: What ``dsrdump`` says of itself: it checks no UTF-8, and no template that a kind of document
#: demands (every Key Object Selection Document).
_NOT_CHECKED = (
    "W: The VR checker does not support this Specific Character Set: ISO_IR 192",
    "W: Check for template constraints not yet supported",
)


def test_others_read_all_of_it_without_an_error(life: Life, tmp_path: Path) -> None:
    for act, came in life.came.items():
        for kind, each in came.items():
            file = tmp_path / f"{act}-{kind}.dcm"
            each.save_as(file)
            _run("dcmdump", str(file))
            if kind != "DOC":
                told = _run("dsrdump", str(file)).splitlines()
                warned = {line for line in told if line.startswith(("W:", "E:"))}
                assert warned <= set(_NOT_CHECKED)
            said = _run("dciodvfy", str(file)).splitlines()
            assert not [line for line in said if line.startswith("Error")]
            warned = [line for line in said if line.startswith("Warning")]
            assert not [line for line in warned if not any(h in line for h in _HARMLESS)]


def _run(tool: str, file: str) -> str:
    done = subprocess.run([tool, file], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return (done.stdout + done.stderr).decode()


def test_what_dicom_has_no_object_for_goes_to_the_units_folder(
    tmp_path: Path, archive: Orthanc
) -> None:
    before = set(_all(archive))
    with hub(tmp_path, WAY, archive=archive.archive(take=False)) as house:
        case = house.store.declare_case(house.study, house.li, declared("前壁 ST 抬高"))
        house.store.request_retake(house.claim(house.li), "导联脱落", "V1 重新贴")
        assert house.dispatch.settle() == DeliveryResult(confirmed=2)
        names = sorted(path.name for path in house.settings.outbox("u1").iterdir())
        assert any("-critical-" in name for name in names)
        assert any(name.endswith("-retake.json") for name in names)
        assert case.id
    assert set(_all(archive)) == before

"""Bytes that a real archive keeps: fetched, compared, refused, missed, and found again."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from farlead.errors import ObjectAway, ObjectMissing
from farlead.exchange.intake.archive import ArchiveIntake
from farlead.exchange.intake.folder import FolderIntake
from farlead.messages import Language
from farlead.model.archived import ArchiveTrouble
from farlead.model.study import Study
from farlead.objects.archives import Archives
from farlead.objects.hub import HubObjects
from farlead.sandbox import Sandbox
from farlead.services.confined import digest_confined
from farlead.settings import Settings, UnitSettings
from farlead.store import Store
from support_archive import ecg, with_another_wave, written
from support_orthanc import Orthanc, orthanc


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=2 << 30, seconds=60) as made:
        yield made


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as made:
        yield made


class Hub:
    """A hub with one archive, and stations that reach both."""

    def __init__(self, folder: Path, server: Orthanc, sandbox: Sandbox, keep: str) -> None:
        self.folder, self.server, self.sandbox = folder, server, sandbox
        self.settings = Settings(
            folder=folder / "hub",
            units=(UnitSettings(code="jia", name="甲县人民医院"),),
            archives=(server.archive(keep=keep, unit="jia", timeout_seconds=60),),
            settle_seconds=0.0,
            decode_seconds=60.0,
        )
        self.store = Store.of(self.settings)
        self.objects = self.station("hub", self.settings)
        self.intake = FolderIntake(self.settings, self.store, self.objects, sandbox)

    def station(self, name: str, settings: Settings | None = None) -> HubObjects:
        """A station with an empty cache."""
        archives = Archives(
            (settings or self.settings).archives,
            self.settings.folder,
            self.store,
            partial(digest_confined, self.sandbox, seconds=60),
        )
        return HubObjects(self.folder / name / "cache", self.store, archives=archives)

    def take_in(self, *sent: bytes) -> Study:
        """What a unit has sent to the archive, as the list has it; the last study of it."""
        self.server.put(*sent)
        with closing(
            ArchiveIntake(self.settings, self.settings.archives[0], self.store, self.sandbox)
        ) as looking:
            assert looking.run_once().trouble is None
        result = self.intake.run_once()
        assert result.troubles == ()
        return self.store.study(result.studies[-1])

    def replace(self, study: Study, data: bytes) -> None:
        """Somebody changes the object in the archive behind our back."""
        self.delete(study)
        self.server.put(data)

    def delete(self, study: Study) -> None:
        with self.server.http as client:
            asked = {"Level": "Study", "Query": {"StudyInstanceUID": study.study_uid}}
            for found in client.post("/tools/find", json=asked).json():
                client.delete(f"/studies/{found}").raise_for_status()

    def acts(self, study: Study) -> list[str]:
        """What the audit trail says of the objects."""
        trail = self.store.trail(f"study:{study.id}")
        return [entry.action for entry in trail if entry.action.startswith("object.")][1:]

    def refused(self, study: Study) -> bool:
        """Whether the list marks it."""
        (row,) = (r for r in self.store.worklist().rows if r.study.id == study.id)
        return row.study.objects_refused


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "archive"))


@pytest.fixture
def hub(tmp_path: Path, server: Orthanc, sandbox: Sandbox, keep: str) -> Iterator[Hub]:
    with server.http as client:
        for study in client.get("/studies").json():
            client.delete(f"/studies/{study}").raise_for_status()
    made = Hub(tmp_path, server, sandbox, keep)
    yield made
    made.objects.close()
    made.store.close()


def in_other_words(data: bytes) -> bytes:
    """The same in another transfer syntax, with a header that nobody asked for."""
    made = pydicom.dcmread(io.BytesIO(data))
    made.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    made.InstitutionalDepartmentName = "ARCHIVE"
    out = io.BytesIO()
    pydicom.dcmwrite(out, made, implicit_vr=True, little_endian=True)
    return out.getvalue()


def with_another_name(data: bytes) -> bytes:
    made = pydicom.dcmread(io.BytesIO(data))
    made.PatientName = "测试乙"
    return written(made)


@pytest.mark.parametrize("keep", ["hub", "archive"], indirect=True)
def test_where_the_bytes_stay_is_a_setting(hub: Hub, keep: str) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    assert list(hub.store.blob_names()) == ([stored.sha256] if keep == "hub" else [])
    assert (hub.store.archived(stored.sha256) is not None) == (keep == "archive")
    with closing(hub.station("seat")) as seat:
        assert seat.get(stored.sha256) == sent
    assert hub.acts(study) == []


def test_other_bytes_that_say_the_same_are_taken_and_noted(hub: Hub) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    hub.replace(study, in_other_words(sent))
    with closing(hub.station("seat")) as seat:
        found = seat.get(stored.sha256)
        assert found != sent
        hub.delete(study)
        assert seat.get(stored.sha256) == found  # from its cache
        hub.server.put(sent)
    assert hub.acts(study) == ["object.other_bytes"]
    assert not hub.refused(study)
    with closing(hub.station("another seat")) as seat:
        assert seat.get(stored.sha256) == sent
    assert hub.acts(study)[-1] == "object.as_received"


@pytest.mark.parametrize("change", [with_another_wave, with_another_name])
def test_another_content_is_refused_and_the_study_marked(
    hub: Hub, change: Callable[[bytes], bytes]
) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    hub.replace(study, change(sent))
    with closing(hub.station("seat")) as seat:
        with pytest.raises(ObjectMissing) as caught:
            seat.get(stored.sha256)
        assert "not shown" in caught.value.text(Language.EN)
        assert "已拒绝显示" in caught.value.text(Language.ZH)
        assert hub.refused(study)
        ((number, place),) = hub.store.archive_troubles()
        assert (number, place.trouble) == (study.number, ArchiveTrouble.ALTERED)

        hub.replace(study, sent)  # the original is put back
        assert seat.get(stored.sha256) == sent
    assert not hub.refused(study)
    assert hub.store.archive_troubles() == []
    assert hub.acts(study) == ["object.altered", "object.as_received"]


def test_what_was_deleted_is_told_and_what_is_cached_still_opens(hub: Hub) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    hub.delete(study)
    assert hub.objects.get(stored.sha256) == sent  # the host that took it in has it near
    with closing(hub.station("seat")) as seat, pytest.raises(ObjectMissing, match="no longer has"):
        seat.get(stored.sha256)
    assert hub.refused(study)
    assert hub.acts(study) == ["object.gone"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"url": "http://127.0.0.1:9/dicom-web"}, "cannot be had now"),
        ({"password": "plain:wrong"}, "cannot be had now"),
        ({"name": "renamed"}, "no archive named"),
    ],
)
def test_an_archive_that_cannot_be_asked_decides_nothing(
    hub: Hub, wrong: dict[str, str], told: str
) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    archive = hub.server.archive(unit="jia", **wrong)
    settings = hub.settings.model_copy(update={"archives": (archive,)})
    with closing(hub.station("seat", settings)) as seat, pytest.raises(ObjectAway, match=told):
        seat.get(stored.sha256)
    assert hub.objects.get(stored.sha256) == sent
    assert not hub.refused(study)
    assert hub.acts(study) == []


def test_an_address_that_leads_nowhere_is_no_loss(hub: Hub) -> None:
    study = hub.take_in(ecg())
    archive = hub.server.archive(url=f"{hub.server.root}/no-such-root")
    settings = hub.settings.model_copy(update={"archives": (archive,)})
    with closing(hub.station("seat", settings)) as seat, pytest.raises(ObjectAway):
        seat.get(study.objects[0].sha256)
    assert not hub.refused(study)


def test_what_a_unit_pushes_stays_at_the_hub(hub: Hub) -> None:
    sent = ecg()
    study = hub.take_in(sent)
    (stored,) = study.objects
    inbox = hub.settings.inbox("jia")
    (inbox / f"{stored.sop_instance_uid}.dcm").write_bytes(sent)
    hub.intake.run_once()
    assert list(hub.store.blob_names()) == [stored.sha256]


def test_what_nobody_can_read_or_compare_is_kept_at_the_hub(hub: Hub) -> None:
    made = pydicom.dcmread(io.BytesIO(ecg()))
    del made.WaveformSequence
    study = hub.take_in(written(made))
    assert study.quarantine is not None
    assert list(hub.store.blob_names()) == [study.objects[0].sha256]


def test_a_broken_entry_is_fetched_from_the_archive_again(hub: Hub) -> None:
    sent = ecg()
    (stored,) = hub.take_in(sent).objects
    with closing(hub.station("seat")) as seat:
        seat.get(stored.sha256)
        for broken in (sent[:-100], sent[:-1] + b"\x01", b""):
            seat.path(stored.sha256).write_bytes(broken)
            assert seat.get(stored.sha256) == sent
        assert seat.path(stored.sha256).read_bytes() == sent

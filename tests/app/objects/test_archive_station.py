"""A station of a PostgreSQL hub whose objects a real archive keeps: near, held, refused, missed."""

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pydicom
import pytest

from farlead.errors import ClaimLost, SignatureRefused
from farlead.model.lives import StudyState
from farlead.model.order import Control, Order
from farlead.model.people import Account
from farlead.model.report import Claim
from farlead.model.study import Kind, Request, ScreeningState, Study
from farlead.model.worklist import Row
from farlead.services import open_services
from farlead.services import screening as screening_service
from fault_proxy import fault_proxy
from support_archive import ecg, with_another_wave
from support_house import PIN, READER, SECOND, UNIT
from support_orthanc import Orthanc, orthanc
from support_outage import Hub, open_hub, rejecting
from support_postgres import running_server
from support_store import draft, signed

_PATIENCE = 60.0


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    with orthanc(tmp_path_factory.mktemp("orthanc")) as made:
        yield made


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, archive: Orthanc) -> Iterator[Hub]:
    """One for all: each test has studies of its own."""
    kept = archive.archive(keep="archive", unit=UNIT)
    folder = tmp_path_factory.mktemp("hub")
    with running_server() as server, open_hub(server, folder, archives=(kept,)) as made:
        yield made


def take_in(hub: Hub, archive: Orthanc, *sent: bytes, screened: bool = True) -> list[Study]:
    """What a unit has sent to the archive, as the hub knows it, in the order sent."""
    archive.put(*sent)
    services = hub.house.services
    (looking,) = services.archives(lambda: False)
    looking.run_once()
    looking.close()
    for _ in range(2):
        services.intake().run_once()
    while screened and services.screening().run_once():
        pass
    uids = [str(pydicom.dcmread(io.BytesIO(data)).StudyInstanceUID) for data in sent]
    found = {row.study.study_uid: row.study for row in hub.house.rows()}
    return [found[uid] for uid in uids]


def row_of(hub: Hub, study: Study) -> Row:
    return next(row for row in hub.house.rows() if row.study.id == study.id)


def second(hub: Hub) -> Account:
    return hub.house.services.store.account(SECOND.login)


def is_near(hub: Hub, study: Study) -> bool:
    """Whether the reader's station has its bytes."""
    names = (each.sha256 for each in study.objects)
    cache = hub.folder / f"station-{READER.login}" / hub.house.settings.objects.name
    return all((cache / name[:2] / name[2:]).is_file() for name in names)


def until(ready: Callable[[], bool]) -> None:
    """What a station does in the background has been done."""
    patience = time.monotonic() + _PATIENCE
    while not ready():
        assert time.monotonic() < patience
        time.sleep(0.02)


def replaced(archive: Orthanc, study: Study, data: bytes) -> None:
    """Somebody changes the object in the archive behind our back."""
    asked = {"Level": "Study", "Query": {"StudyInstanceUID": study.study_uid}}
    with archive.http as client:
        for found in client.post("/tools/find", json=asked).json():
            client.delete(f"/studies/{found}").raise_for_status()
    archive.put(data)


def test_a_station_reads_and_signs_what_only_the_archive_has(hub: Hub, archive: Orthanc) -> None:
    (study,) = take_in(hub, archive, ecg())
    store = hub.house.services.store
    before = set(store.blob_names())
    assert not before & {each.sha256 for each in study.objects}
    with hub.station(READER.login) as desk:
        desk.open_key(PIN)
        claim = desk.claim(study.id)
        opened = desk.open(study.id)
        assert len(opened.contents) == 1
        assert is_near(hub, study)
        desk.sign(claim, rejecting(opened, "窦性心律"))
    assert store.study(study.id).state is StudyState.REPORTED
    (version,) = store.reports(study.id)
    assert set(store.blob_names()) - before == {version.sha256}  # the report alone
    assert store.check() == []


def test_the_study_in_hand_stays_near_while_its_claim_lasts(hub: Hub, archive: Orthanc) -> None:
    studies = take_in(hub, archive, *(ecg(f"测试{n}") for n in range(10)), screened=False)
    store = hub.house.services.store
    for other in (*studies[1:5], *studies[6:]):  # in other hands: not fetched before it is opened
        store.claim(other.id, second(hub), "seat 2")
    room = 5 * studies[0].objects[0].size // 2
    with hub.station(READER.login, cache_bytes=room) as desk:

        def given_back(claim: Claim) -> None:
            desk.release(claim)
            store.claim(claim.study, second(hub), "seat 2")

        def taken_over(claim: Claim) -> None:
            store.take_over(claim.study, second(hub), "seat 2", "交班")
            with pytest.raises(ClaimLost):
                desk.renew(claim)

        for (held, *others), ends in ((studies[:5], given_back), (studies[5:], taken_over)):
            claim = desk.claim(held.id)
            for each in (held, *others[:2]):
                desk.open(each.id)
            claim = desk.renew(claim)
            assert [is_near(hub, each) for each in (held, *others[:2])] == [True, False, True]
            ends(claim)
            for each in others[2:]:
                desk.contents(each.id)
            assert [is_near(hub, each) for each in (held, *others[2:])] == [False, True, True]


def test_what_comes_next_and_the_earlier_ecgs_of_its_patient_are_fetched_before(
    hub: Hub, archive: Orthanc
) -> None:
    sent = [ecg("测试一"), ecg("测试二", "P-2"), ecg("测试二", "P-2", hours_ago=0.3), ecg("测试三")]
    first, following, earlier, elsewhere = take_in(hub, archive, *sent)
    store = hub.house.services.store
    for other in (earlier, elsewhere):
        store.claim(other.id, second(hub), "seat 2")
    with hub.station(READER.login) as desk:
        desk.claim(first.id)
        desk.open(first.id)
        until(lambda: is_near(hub, following) and is_near(hub, earlier))
        assert not is_near(hub, elsewhere)  # nobody's next, nobody's earlier
        archive.kill()
        try:  # the archive goes: what was fetched before opens
            desk.claim(following.id)
            assert len(desk.open(following.id).contents) == 1
            (beside,) = desk.earlier_ecgs(following.id).ecgs
            assert beside.recording is not None
        finally:
            archive.start()


def test_a_screening_in_vain_is_made_good_when_the_archive_is_back(
    hub: Hub, archive: Orthanc, monkeypatch: pytest.MonkeyPatch
) -> None:
    (study,) = take_in(hub, archive, ecg(), screened=False)
    elsewhere = hub.house.settings.model_copy(update={"folder": hub.folder / "another host"})
    with open_services(elsewhere) as services:
        service = services.screening()
        archive.kill()
        try:
            assert service.run_once() == 1
            monkeypatch.setattr(screening_service, "AGAIN_SECONDS", 0.0)
            failed = row_of(hub, study)
            assert failed.screening_state is ScreeningState.FAILED
            assert failed.failure is not None
            assert failed.failure.id == "objects.archive_away"
            assert not failed.study.objects_refused  # an archive that is away decides nothing
            service = services.screening()
            assert service.run_once() == 0  # still away: nothing is tried over and over
            assert row_of(hub, study).screening_state is ScreeningState.FAILED
        finally:
            archive.start()
        assert service.run_once() == 1
    assert row_of(hub, study).screening_state is ScreeningState.DONE


def test_a_line_cut_amid_the_answer_is_told_and_the_object_fetched_again(
    hub: Hub, archive: Orthanc
) -> None:
    (study,) = take_in(hub, archive, ecg())
    with fault_proxy(archive.port, "http") as proxy:
        address = f"http://127.0.0.1:{proxy.port}/dicom-web"
        kept = archive.archive(keep="archive", unit=UNIT, url=address)
        with hub.station(READER.login, archives=(kept,)) as desk:
            desk.claim(study.id)
            for after in (40, 5000, -1):  # amid the head, amid the object, before the last byte
                proxy.fault, proxy.after = "cut answer", after
                opened = desk.open(study.id)
                assert opened.contents == ()
                (bad,) = opened.unreadable
                assert bad.reason.id == "objects.archive_away"
                assert not is_near(hub, study)
            assert proxy.met >= 3
            proxy.fault = ""
            assert len(desk.open(study.id).contents) == 1
    assert not row_of(hub, study).study.objects_refused
    assert not list(hub.folder.rglob("cache/.part-*"))


def test_what_says_something_else_is_marked_and_not_signed_until_it_is_back(
    hub: Hub, archive: Orthanc
) -> None:
    sent = ecg()
    (study,) = take_in(hub, archive, sent)
    replaced(archive, study, with_another_wave(sent))
    with hub.station(READER.login) as desk:
        desk.open_key(PIN)
        claim = desk.claim(study.id)
        opened = desk.open(study.id)
        assert opened.contents == ()
        assert row_of(hub, study).study.objects_refused
        with pytest.raises(SignatureRefused):
            desk.sign(claim, rejecting(opened, "窦性心律"))
        replaced(archive, study, sent)
        assert len(desk.open(study.id).contents) == 1
    assert not row_of(hub, study).study.objects_refused


def test_a_request_that_reopens_a_study_is_in_doubt_with_it(hub: Hub, archive: Orthanc) -> None:
    """It has no object of its own: what it shows is that of the study before."""
    sent = ecg(number="P-9")
    (study,) = take_in(hub, archive, sent)
    store = hub.house.services.store
    claim = store.claim(study.id, second(hub), "seat 2")
    store.save_draft(claim, draft())
    store.finish(claim, signed(store, second(hub)), [UNIT])
    replaced(archive, study, with_another_wave(sent))
    with hub.station(READER.login) as desk:
        assert desk.contents(study.id) == ()
        again = _reopened(hub, study)
        assert again.objects_refused  # from its beginning
        assert desk.open(again.id).contents == ()
        replaced(archive, study, sent)
        assert len(desk.open(again.id).contents) == 1
        assert not row_of(hub, again).study.objects_refused
        assert not store.study(study.id).objects_refused
    replaced(archive, study, with_another_wave(sent))
    with hub.station(SECOND.login) as desk:
        assert desk.contents(study.id) == ()
    assert row_of(hub, again).study.objects_refused


def _reopened(hub: Hub, study: Study) -> Study:
    """The unit asks for a further report of a reported study."""
    store = hub.house.services.store
    patient = replace(study.patient, local_number="P-9")
    asked = store.now() - timedelta(minutes=20)
    order = Order(UNIT, "A9", None, patient, Request(department="急诊科"), asked, Kind.ECG)
    store.take_orders("his", [(Control.NEW, order)])
    return next(row.study for row in hub.house.rows() if row.study.linked == study.id)

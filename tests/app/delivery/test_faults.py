"""Every fault before every peer: others go on, its words are kept, afterwards all is there once.

TLS with client certificates everywhere but to pynetdicom's and Orthanc's own port, which the proxy
speaks to in clear.
"""

import io
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

import pydicom
import pytest

from certificates import Authority, Issued
from farlead.clients.tls import server_context
from farlead.exchange.delivery import Dispatch
from farlead.exchange.intake.archive import ArchiveIntake
from farlead.messages import Language
from farlead.model.lives import DeliveryState
from farlead.model.people import Patient, Unit
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.peers import Tls
from farlead.reporting.document import structured_report
from farlead.sandbox import Sandbox
from farlead.settings import Settings
from farlead.store import SignedReport, Store
from fault_proxy import WORDS, FaultProxy, fault_proxy
from peers_of_delivery import FhirServer, HospitalSystem, fhir_server, hospital_system
from support_orthanc import Orthanc, orthanc
from support_reporting import ecg_content
from support_serving import study
from support_store import FakeClock, arrival, draft, reader

CERTIFICATES = ("wrong certificate", "expired certificate")
CUTS = ("delay", "cut request", "cut answer")
HTTP = (*CUTS, "duplicate", "reorder", "500", "401", "slow loris", *CERTIFICATES)
MLLP = (*CUTS, "duplicate", "reorder", "slow loris", *CERTIFICATES)
RAW = (*CUTS, *CERTIFICATES)
#: Looks and tries in good weather.
ROUNDS = 4
#: Faults during which the report gets through.
HARMLESS = {"duplicate"}
_GOES_THROUGH = {
    ("delay", "u1:store"),
    *((fault, f"u1:{way}") for fault in HARMLESS for way in ("stow", "fhir", "hl7")),
}


@dataclass
class World:
    """Real peers, and certificates of good and of bad days."""

    archive: Orthanc
    system: HospitalSystem
    fhir: FhirServer
    contexts: dict[str, ssl.SSLContext]
    tls: dict[str, object]

    def port(self, way: str) -> int:
        """Of the peer behind a way."""
        return {
            "stow": self.archive.port,
            "in": self.archive.port,
            "fhir": self.fhir.port,
            "hl7": self.system.port,
            "store": self.archive.dicom_port,
        }[way]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    authority, other = Authority(folder / "ca"), Authority(folder / "other")
    ours = authority.issue("hub", "127.0.0.1")

    def context(issued: Issued) -> ssl.SSLContext:
        files = Tls(ca=authority.file, certificate=issued.certificate, key=issued.key)
        return server_context(files, folder)

    contexts = {
        "": context(authority.issue("peer", "127.0.0.1")),
        "wrong certificate": context(other.issue("peer", "127.0.0.1")),
        "expired certificate": context(
            authority.issue("old", "127.0.0.1", lasts=timedelta(minutes=-5))
        ),
    }
    tls = Tls(ca=authority.file, certificate=ours.certificate, key=ours.key).model_dump()
    with ExitStack() as stack:
        yield World(
            stack.enter_context(orthanc(folder / "archive", dicom=True)),
            stack.enter_context(hospital_system()),
            stack.enter_context(fhir_server()),
            contexts,
            tls,
        )


@pytest.fixture
def proxy(request: pytest.FixtureRequest, world: World) -> Iterator[FaultProxy]:
    way = request.node.callspec.params.get("way", "in")
    kind = {"hl7": "mllp", "store": "raw"}.get(way, "http")
    with fault_proxy(world.port(way), kind, world.contexts) as made:
        yield made


class Hub:
    """A store with two signed reports for a unit with a way through the proxy, and a folder."""

    def __init__(self, folder: Path, world: World, way: str, proxy: FaultProxy) -> None:
        self.clock = FakeClock()
        root = f"https://127.0.0.1:{proxy.port}"
        archive = world.archive.archive(
            url=f"{root}/dicom-web", tls=world.tls, timeout_seconds=1.0, take=False
        )
        ways: dict[str, dict[str, object]] = {
            "stow": {"archive": "hub", "objects": ["pdf"]},
            "fhir": {"url": f"{root}/fhir", "tls": world.tls, "timeout_seconds": 1.0},
            "hl7": {"host": "127.0.0.1", "port": proxy.port, "tls": world.tls,
                    "timeout_seconds": 1.0},
            "store": {"host": "127.0.0.1", "port": proxy.port, "tls": world.tls, "aet": "HUB"},
        }  # fmt: skip
        unit = {"code": "u1", "name": "甲县", "ways": [{"kind": way, **ways[way]}, _FOLDER]}
        self.settings = Settings.model_validate(
            {"folder": folder, "units": [unit], "archives": [archive.model_dump()]}
        )
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.objects = ObjectFolder(folder / "objects")
        self.numbers = [self._finish(str(next(_NAMES))) for _ in range(2)]
        self.dispatch = Dispatch(self.settings, self.store, self.objects, self.clock)

    def _finish(self, name: str) -> str:
        account = reader(self.store, f"li{name}")
        found = self.store.add_object(arrival(name)).study_id
        number = f"{self.settings.folder.parent.name}-{self.store.study(found).number}"
        pdf = f"%PDF-1.7 {number}".encode()
        content = ecg_content(number=number, patient=Patient(name="测试", local_number=name))
        signed = SignedReport(
            draft=draft(),
            pdf_sha256=self.objects.put(pdf),
            pdf_size=len(pdf),
            content_json=structured_report(content),
            signer=account,
            signed=self.store.now(),
        )
        claim = self.store.claim(found, account, "seat")
        self.store.finish(claim, signed, self.settings.destinations("u1"))
        return number

    def deliveries(self, way: str) -> list[Delivery]:
        return [
            each
            for found in self.store.studies()
            for each in self.store.deliveries(found.id)
            if each.destination == (f"u1:{way}" if way else "u1")
        ]


_FOLDER = {"kind": "folder"}
_NAMES = count(20261122000)


@contextmanager
def hub(folder: Path, world: World, way: str, proxy: FaultProxy) -> Iterator[Hub]:
    made = Hub(folder / "house", world, way, proxy)
    try:
        yield made
    finally:
        made.dispatch.close()
        made.store.close()


def _counted(world: World, way: str, before: Counter[str]) -> Counter[str]:
    """PDFs in effect at the peer that were not there before."""
    return _all(world, way) - before


def _all(world: World, way: str) -> Counter[str]:
    if way == "hl7":
        found = {m.split(b"\r")[0].split(b"|")[9]: m for m in world.system.messages}
        return Counter(identifier.decode() for identifier in found)
    if way == "fhir":
        kinds = (each for each in world.fhir.created.items())
        return Counter(k for k, each in kinds if each["resourceType"] == "DiagnosticReport")
    numbers: Counter[str] = Counter()
    with world.archive.http as client:
        for each in client.get("/instances").json():
            data = client.get(f"/instances/{each}/file").content
            made = pydicom.dcmread(io.BytesIO(data))
            if made.Modality != "ECG":
                numbers[bytes(made.EncapsulatedDocument).rstrip(b"\0").decode()] += 1
    return numbers


MATRIX = [
    *[(way, fault) for way in ("stow", "fhir") for fault in HTTP],
    *[("hl7", fault) for fault in MLLP],
    *[("store", fault) for fault in RAW],
]


# pynetdicom leaves the socket of a refused connection to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("way", "fault"), MATRIX, ids=[f"{w}-{f}" for w, f in MATRIX])
def test_after_the_fault_every_report_is_there_once(
    tmp_path: Path, world: World, proxy: FaultProxy, way: str, fault: str
) -> None:
    before = _all(world, way)
    proxy.fault = fault
    with hub(tmp_path, world, way, proxy) as house:
        house.dispatch.settle()
        assert proxy.met, "the fault was not met"
        assert {each.state for each in house.deliveries("")} == {DeliveryState.CONFIRMED}
        _told(min(house.deliveries(way), key=lambda each: each.id), fault)
        if fault == "reorder":  # the second goes first, the first one late and once more
            house.clock.advance(minutes=5)
            house.dispatch.settle()
        proxy.fault = ""
        for _ in range(ROUNDS):
            house.clock.advance(hours=2)
            house.dispatch.settle()
        states = [(each.state, each.error) for each in house.deliveries(way)]
        assert states == [(DeliveryState.CONFIRMED, None)] * 2
    assert sorted(_counted(world, way, before).values()) == [1, 1]


def _told(delivery: Delivery, fault: str) -> None:
    """What went wrong is kept, in the peer's own words where it had any."""
    if fault in HARMLESS or delivery.state is DeliveryState.CONFIRMED:
        assert (fault, delivery.destination) in _GOES_THROUGH
        return
    assert delivery.state is DeliveryState.DUE
    assert delivery.error is not None
    said = delivery.error.text(Language.EN)
    if fault in ("500", "401"):
        assert fault in said
        assert WORDS in said
    if fault in CERTIFICATES and not delivery.destination.endswith(":store"):
        assert "certificate" in said.lower()


@pytest.mark.parametrize("fault", HTTP)
def test_after_the_fault_every_study_is_taken_once(
    tmp_path: Path, world: World, proxy: FaultProxy, sandbox: Sandbox, fault: str
) -> None:
    with world.archive.http as client:
        for each in client.get("/studies").json():
            client.delete(f"/studies/{each}").raise_for_status()
    world.archive.put(*(study("甲县人民医院", f"{fault}{n}") for n in range(3)))
    archive = world.archive.archive(
        url=f"https://127.0.0.1:{proxy.port}/dicom-web",
        tls=world.tls,
        timeout_seconds=1.0,
        parallel=2,
        unit="jia",
    )
    settings = Settings.model_validate(
        {"folder": tmp_path / "house", "units": [{"code": "jia", "name": "甲县"}]}
    )
    proxy.fault = fault
    with Store.of(settings) as store:
        looking = ArchiveIntake(settings, archive, store, sandbox)
        result = looking.run_once()
        assert proxy.met, "the fault was not met"
        if fault not in HARMLESS:
            assert result.trouble is not None
            said = result.trouble.text(Language.EN)
            assert fault not in ("500", "401") or WORDS in said
            assert fault not in CERTIFICATES or "certificate" in said.lower()
        proxy.fault = ""
        troubles = [looking.run_once().trouble for _ in range(ROUNDS)]
        assert troubles[-1] is None
        inbox = settings.inbox("jia")
        assert len(list(inbox.glob("*.dcm"))) == 3
        looking.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=2 << 30, seconds=60) as made:
        yield made

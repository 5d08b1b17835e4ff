"""Several real service processes between real systems: studies in, reports out, counted there.

Three units: ``jia`` uploads into its folder and gets its reports by FHIR, HL7 and folder; ``yi``
is read from an archive and gets them by STOW into another and by HL7; ``bing`` knows folders only.
"""

import io
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pydicom
from pydicom.uid import generate_uid

from ecg_files import dicom_bytes, recording
from farlead.doctor import State, examine
from farlead.model.lives import DeliveryState, ReportState, StudyState
from farlead.model.people import Account, Role, Unit
from farlead.model.study import ScreeningState
from farlead.model.worklist import Row
from farlead.objects import ObjectFolder
from farlead.reporting.document import structured_report
from farlead.services import objects_of, open_sandbox
from farlead.settings import Settings, save_settings
from farlead.store import SignedReport, Store
from peers_of_delivery import FhirServer, HospitalSystem, fhir_server, hospital_system
from support_orthanc import Orthanc, orthanc
from support_reporting import ecg_content
from support_store import draft, sha

UNITS = {"jia": "甲县人民医院", "yi": "乙镇卫生院", "bing": "丙县中医院"}
#: Seconds after which a process that says nothing is replaced.
LEASE = 2.0
_LOOK = 0.1


@dataclass
class Outside:
    """The systems of the units, and what they were given."""

    archive: Orthanc
    receiver: Orthanc
    system: HospitalSystem
    fhir: FhirServer

    def unit_ways(self) -> list[dict[str, object]]:
        """Units of the settings with their ways."""
        hl7 = {"kind": "hl7", "host": "127.0.0.1", "port": self.system.port}
        fhir = {"kind": "fhir", "url": f"http://127.0.0.1:{self.fhir.port}/fhir"}
        stow = {"kind": "stow", "archive": "reports", "objects": ["pdf"]}
        ways = {"jia": [fhir, hl7, {"kind": "folder"}], "yi": [stow, hl7]}
        return [
            {"code": code, "name": name, "ways": ways.get(code, [{"kind": "folder"}])}
            for code, name in UNITS.items()
        ]

    def by_hl7(self) -> Counter[str]:
        """Final reports in effect by study number: a repeat of a message is the same message."""
        said = {}
        for message in self.system.messages:
            lines = [line.split(b"|") for line in message.split(b"\r")]
            order = next(line for line in lines if line[0] == b"OBR")
            said[lines[0][9]] = order[3].partition(b"^")[0].decode()
        return Counter(said.values())

    def by_fhir(self) -> Counter[str]:
        """As :meth:`by_hl7`."""
        reports = (r for r in self.fhir.created.values() if r["resourceType"] == "DiagnosticReport")
        return Counter(
            next(i["value"] for i in each["identifier"] if str(i["value"]).startswith("20"))
            for each in reports
        )

    def by_stow(self) -> Counter[str]:
        """Encapsulated reports in the archive that gets them."""
        numbers: Counter[str] = Counter()
        with self.receiver.http as client:
            for each in client.get("/instances").json():
                made = pydicom.dcmread(io.BytesIO(client.get(f"/instances/{each}/file").content))
                pdf = bytes(made.EncapsulatedDocument).rstrip(b"\x00").decode()
                numbers[pdf.split()[-1]] += 1
        return numbers


@contextmanager
def outside(folder: Path) -> Iterator[Outside]:
    """All systems, running."""
    with ExitStack() as stack:
        yield Outside(
            stack.enter_context(orthanc(folder / "archive")),
            stack.enter_context(orthanc(folder / "reports")),
            stack.enter_context(hospital_system()),
            stack.enter_context(fhir_server()),
        )


@dataclass
class Serving:
    """Service processes over one store, and a reader who signs whatever was screened."""

    settings: Settings
    systems: Outside
    store: Store
    objects: ObjectFolder
    account: Account
    sent: Counter[str] = field(default_factory=Counter)
    signed: int = 0
    processes: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def start(self, many: int = 1) -> None:
        """Further ``farleadctl serve``."""
        for _ in range(many):
            command = [sys.executable, "-W", "error", "-m", "farlead.services"]
            self.processes.append(
                subprocess.Popen([*command, str(self.settings.folder)], stdin=subprocess.PIPE)
            )

    def kill(self, chance: random.Random) -> None:
        """kill -9 one of them."""
        victim = self.processes.pop(chance.randrange(len(self.processes)))
        victim.kill()
        _ended(victim)

    def stop(self) -> list[int]:
        """SIGTERM to all; their exit codes."""
        for each in self.processes:
            each.send_signal(signal.SIGTERM)
        codes = [_ended(each) for each in self.processes]
        self.processes.clear()
        return codes

    def send(self, unit: str) -> None:
        """A unit sends an ECG by its way in."""
        self.sent[unit] += 1
        data = study(UNITS[unit], f"{unit}{self.sent[unit]}")
        if unit == "yi":
            self.systems.archive.put(data)
            return
        inbox = self.settings.inbox(unit)
        inbox.mkdir(parents=True, exist_ok=True)
        part = inbox / f".{self.sent[unit]}.part"
        part.write_bytes(data)
        part.replace(inbox / f"{self.sent[unit]}.dcm")

    def sign_all(self) -> int:
        """Whatever waits and is screened gets its report; how many studies have one."""
        rows = self.store.worklist().rows
        for row in rows:
            done = row.screening_state is not ScreeningState.PENDING
            if row.study.state is StudyState.WAITING and done:
                self._sign(row)
                self.signed += 1
        return self.signed

    def _sign(self, row: Row) -> None:
        study = row.study
        pdf = f"%PDF-1.7 signed {study.number}".encode()
        content = ecg_content(
            number=study.number,
            unit=Unit(study.unit.code, study.unit.name),
            patient=study.patient,
            study_uid=study.study_uid,
        )
        signed = SignedReport(
            draft=draft(),
            pdf_sha256=self.objects.put(pdf),
            pdf_size=len(pdf),
            content_json=structured_report(content),
            signer=self.account,
            signed=self.store.now(),
        )
        claim = self.store.claim(study.id, self.account, "seat")
        self.store.finish(claim, signed, self.settings.destinations(study.unit.code))

    def until(self, ready: Callable[[], bool], seconds: float = 120.0) -> None:
        """Sign, and look again until it is so."""
        patience = time.monotonic() + seconds
        while not ready():
            ended = [each for each in self.processes if each.poll() is not None]
            if ended or time.monotonic() > patience:
                raise AssertionError(f"{len(ended)} ended; {self.standing()}")
            self.sign_all()
            threading.Event().wait(_LOOK)

    def through(self) -> bool:
        """Whether every study has its report and every report is delivered."""
        many = self.sent.total()
        return self.sign_all() == many and not self.store.open_deliveries()

    def standing(self) -> str:
        """For a failure: how far it came."""
        states = Counter(each.state for each in self.store.studies())
        return f"{self.sent}, {states}, {self.store.open_deliveries()}, {self.store.leases()}"

    def check(self) -> None:
        """Each unit has exactly one final report of each study, by its own count."""
        store = self.store
        expected = {
            unit: {each.number for each in store.studies() if each.unit.code == unit}
            for unit in UNITS
        }
        sent = {unit: self.sent[unit] for unit in UNITS}
        assert {unit: len(numbers) for unit, numbers in expected.items()} == sent
        for each in store.studies():
            (report,) = store.reports(each.id)
            assert report.state is ReportState.FINAL
            states = {delivery.state for delivery in store.deliveries(each.id)}
            assert states == {DeliveryState.CONFIRMED}
        once = Counter(expected["jia"])
        assert self.systems.by_fhir() == once
        assert self.systems.by_hl7() == once + Counter(expected["yi"])
        assert self.systems.by_stow() == Counter(expected["yi"])
        for unit in ("jia", "bing"):
            lying = {p.name for p in self.settings.outbox(unit).glob("*.pdf")}
            assert lying == {f"{number}-v1.pdf" for number in expected[unit]}
        for unit in UNITS:
            assert list(self.settings.inbox(unit).glob("*.dcm")) == []
        assert store.balance().whole
        assert [each for each in examine(self.settings) if each.state is State.BAD] == []

    def acts(self, action: str) -> Counter[int]:
        """How often the audit trail has this act, by study."""
        return Counter(
            {
                each.id: sum(e.action == action for e in self.store.trail(f"study:{each.id}"))
                for each in self.store.studies()
            }
        )

    def tries(self) -> Counter[DeliveryState]:
        """What all deliveries went through."""
        return Counter(
            event.state
            for each in self.store.studies()
            for delivery in self.store.deliveries(each.id)
            for event in self.store.delivery_history(delivery.id)
        )


def study(institution: str, number: str) -> bytes:
    """An ECG of its own, of a person of this number and name, acquired now."""
    made = pydicom.dcmread(io.BytesIO(_pattern()))
    moment = datetime.now().astimezone() - timedelta(minutes=5)
    made.StudyInstanceUID, made.SeriesInstanceUID = generate_uid(), generate_uid()
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.InstitutionName, made.PatientID, made.PatientName = institution, number, f"演示{number}"
    made.StudyDate, made.StudyTime = f"{moment:%Y%m%d}", f"{moment:%H%M%S}"
    out = io.BytesIO()
    made.save_as(out)
    return out.getvalue()


_MADE: list[bytes] = []


def _pattern() -> bytes:
    if not _MADE:
        _MADE.append(dicom_bytes(recording()))
    return _MADE[0]


@contextmanager
def serving(folder: Path, database: str | None = None) -> Iterator[Serving]:
    """A hub with its units; no process serves yet."""
    with outside(folder / "outside") as systems:
        settings = Settings.model_validate(
            {
                "folder": folder / "hub",
                "database": database,
                "units": systems.unit_ways(),
                "archives": [
                    systems.archive.archive(
                        changes=systems.archive.root, unit="yi", poll_seconds=0.5
                    ).model_dump(),
                    systems.receiver.archive(name="reports", take=False).model_dump(),
                ],
                "settle_seconds": 0.0,
                "work_seconds": LEASE,
                "screen_seconds": 60.0,  # how long it takes on a busy machine says nothing here
                "decode_seconds": 60.0,
                "demo": True,
            }
        )
        save_settings(settings)
        with Store.of(settings) as store, open_sandbox(settings) as sandbox:
            account = store.add_account("li", "示例医师甲", Role.READER, certificate=sha("li"))
            made = Serving(settings, systems, store, objects_of(settings, store, sandbox), account)
            try:
                yield made
            finally:
                for each in made.processes:
                    each.kill()
                    _ended(each)
    shutil.rmtree(folder, ignore_errors=True)


def _ended(process: "subprocess.Popen[bytes]") -> int:
    if process.stdin is not None:
        process.stdin.close()
    return process.wait(60)

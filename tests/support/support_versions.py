"""A study and two readers: its report from the first signature to its withdrawal."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farlead.exchange.delivery import Dispatch
from farlead.model.people import Account, Patient, Sex, Unit
from farlead.model.report import Claim
from farlead.objects import ObjectFolder
from farlead.peers import Archive
from farlead.reporting.document import structured_report
from farlead.settings import Settings, UnitSettings
from farlead.store import Countersigned, SignedReport, Store
from support_reporting import ecg_content
from support_store import FakeClock, arrival, draft, reader


class Hub:
    """A study and two readers, for a unit with these ways."""

    def __init__(
        self, folder: Path, *ways: dict[str, object], archive: Archive | None = None
    ) -> None:
        self.clock = FakeClock()
        unit = UnitSettings.model_validate({"code": "u1", "name": "甲县", "ways": ways})
        archives = (archive,) if archive else ()
        self.settings = Settings(folder=folder, units=(unit,), archives=archives)
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.objects = ObjectFolder(folder / "objects")
        self.dispatch = Dispatch(self.settings, self.store, self.objects, self.clock)
        self.li, self.wang = reader(self.store, "li"), reader(self.store, "wang")
        patient = Patient(name="李娜", local_number="P-1", sex=Sex.FEMALE)
        self.content = structured_report(ecg_content(patient=patient, study_uid="1.2.7"))
        self.study = self.store.add_object(arrival("7", patient=patient)).study_id

    def claim(self, account: Account) -> Claim:
        """Take the study."""
        return self.store.claim(self.study, account, "seat")

    def made(self, text: str, account: Account) -> SignedReport:
        """A signed file."""
        pdf = f"%PDF-1.7 {text}".encode()
        return SignedReport(
            draft=draft(),
            pdf_sha256=self.objects.put(pdf),
            pdf_size=len(pdf),
            content_json=self.content,
            signer=account,
            signed=self.store.now(),
        )

    @property
    def ways(self) -> list[str]:
        """Destinations of the unit."""
        return self.settings.destinations("u1")

    def preliminary(self) -> None:
        """The first signature, waiting for the second."""
        self.store.first_sign(self.claim(self.li), self.made("first", self.li), urgent=False)

    def final(self) -> None:
        """The second signature."""
        claim, both = self.claim(self.wang), self.made("both", self.wang)
        first = self.objects.put(b"%PDF-1.7 first")
        second = Countersigned(first, both.pdf_sha256, both.pdf_size, self.wang)
        self.store.countersign(claim, second, self.ways)

    def correct(self) -> None:
        """A new version."""
        newest = self.store.reports(self.study)[-1]
        claim = self.store.amend(newest.id, self.li, "seat", "漏写房早")
        self.store.finish(claim, self.made("corrected", self.li), self.ways)

    def withdraw(self) -> None:
        """The newest version is taken back."""
        self.store.withdraw_report(self.store.reports(self.study)[-1].id, self.li, "患者弄错")


@contextmanager
def hub(folder: Path, *ways: dict[str, object], archive: Archive | None = None) -> Iterator[Hub]:
    """Closed at the end."""
    made = Hub(folder / "house", *ways, archive=archive)
    try:
        yield made
    finally:
        made.dispatch.close()
        made.store.close()

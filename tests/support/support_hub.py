"""A hub with one signed report for a unit, and the dispatch that brings it by the unit's ways."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from farlead.exchange.delivery import DeliveryResult, Dispatch
from farlead.model.people import Patient, Sex, Unit
from farlead.model.report import Delivery
from farlead.objects import ObjectFolder
from farlead.peers import Archive
from farlead.reporting.document import structured_report
from farlead.settings import Settings, UnitSettings
from farlead.store import SignedReport, Store
from support_reporting import ecg_content
from support_store import FakeClock, arrival, draft, reader

PDF = b"%PDF-1.7 " + "签名的报告".encode() + b"\x00\xff signed"
NAME = "𠮷田㼆|^~\\&"


class Hub:
    """A store with one signed report for a unit with these ways."""

    def __init__(
        self,
        folder: Path,
        *ways: dict[str, object],
        archive: Archive | None = None,
        listener: dict[str, object] | None = None,
    ) -> None:
        self.clock = FakeClock()
        unit = UnitSettings.model_validate({"code": "u1", "name": "甲县", "ways": ways})
        archives = (archive,) if archive else ()
        self.settings = Settings.model_validate(
            {"folder": folder, "units": (unit,), "archives": archives, "listener": listener}
        )
        self.store = Store.open(folder / "farlead.db", clock=self.clock)
        self.store.add_unit(Unit("u1", "甲县人民医院"))
        self.objects = ObjectFolder(folder / "objects")
        self.study = self.finish("7")
        self.dispatch = Dispatch(self.settings, self.store, self.objects, self.clock)

    def finish(self, name: str) -> int:
        """A further study with a signed report."""
        account = reader(self.store, f"li{name}")
        study = self.store.add_object(arrival(name)).study_id
        patient = Patient(name=NAME, local_number="P-1", sex=Sex.FEMALE)
        content = structured_report(ecg_content(patient=patient))
        signed = SignedReport(
            draft=draft(),
            pdf_sha256=self.objects.put(PDF),
            pdf_size=len(PDF),
            content_json=content,
            signer=account,
            signed=self.store.now(),
        )
        claim = self.store.claim(study, account, "seat")
        self.store.finish(claim, signed, self.settings.destinations("u1"))
        return study

    @property
    def state(self) -> Delivery:
        """Of the only delivery."""
        (only,) = self.store.deliveries(self.study)
        return only

    def again(self) -> DeliveryResult:
        """After the longest pause."""
        self.clock.advance(hours=2)
        return self.dispatch.settle()


@contextmanager
def hub(
    folder: Path,
    *ways: dict[str, object],
    archive: Archive | None = None,
    listener: dict[str, object] | None = None,
) -> Iterator[Hub]:
    """Closed at the end."""
    made = Hub(folder / "house", *ways, archive=archive, listener=listener)
    try:
        yield made
    finally:
        made.dispatch.close()
        made.store.close()

"""Orders in memory: a part of the scripted desk."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.lives import OrderState
from farlead.model.order import Candidate, Found, KeptOrder, OpenOrder, Order, PatientLink
from farlead.model.people import Patient, Sex
from farlead.model.study import Kind, Priority, Request, Study


@dataclass
class FakeOrders:
    """What a person does with orders."""

    clock: Callable[[], datetime]
    waiting: list[OpenOrder] = field(default_factory=list)
    settled: list[KeptOrder] = field(default_factory=list)
    acts: list[tuple[object, ...]] = field(default_factory=list)
    links: list[PatientLink] = field(default_factory=list)

    def join_patients(self, kept: Patient, other: Patient) -> None:
        """A unit says that these are one."""
        self.links.append(PatientLink(len(self.links) + 1, kept, other, "his", self.clock()))

    def part_patients(self, link_id: int, reason: str) -> None:
        self.links = [each for each in self.links if each.id != link_id]
        self.acts.append(("patients parted", link_id, None, reason))

    def wait(self, name: str, *studies: Study, differs: tuple[str, ...] = ("name", "sex")) -> None:
        """An order of this patient that may be about these studies."""
        number = len(self.waiting) + 1
        order = Order(
            "u1",
            f"P{number}",
            None,
            Patient(name, f"A00{number}", sex=Sex.MALE, birth_date=date(1990, 3, 7)),
            Request(Priority.EMERGENCY, "胸痛待查", department="急诊科", accession=f"ACC{number}"),
            self.clock(),
            Kind.ECG,
        )
        kept = KeptOrder(number, order, "his", OrderState.WAITING, self.clock())
        sides = tuple(Candidate(study, Found.ACCESSION, differs) for study in studies)
        why = message("orders.why.accession" if sides else "orders.why.none", minutes=42)
        self.waiting.append(OpenOrder(kept, sides, why))

    def settle(self, order_id: int, state: OrderState, reason: str, study: int | None) -> KeptOrder:
        found = next((each for each in self.waiting if each.order.id == order_id), None)
        if found is None:
            raise NotFound(message("orders.no_order", order=order_id))
        self.waiting.remove(found)
        sides = (each.study for each in found.candidates)
        number = next((each.number for each in sides if each.id == study), None)
        settled = replace(found.order, state=state, reason=reason, study=study, study_number=number)
        self.settled.insert(0, settled)
        self.acts.append((str(state), order_id, study, reason))
        return settled

    def undo(self, order_id: int, what: str, reason: str) -> None:
        found = next(each for each in self.settled if each.id == order_id)
        self.settled.remove(found)
        again = replace(found, state=OrderState.WAITING, study=None, study_number=None)
        self.waiting.append(OpenOrder(again, (), message("orders.why.none", minutes=1)))
        self.acts.append((what, order_id, None, reason))

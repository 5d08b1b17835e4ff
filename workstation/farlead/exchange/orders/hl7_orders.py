"""Orders and patients in HL7 v2: ORM^O01, OMG^O19; ADT^A40, A34 (merged), A08, A31 (changed).

References
----------
HL7 v2.5.1 chapters 3 (PID, MRG, A08, A31, A34, A40), 4 (ORC, OBR, TQ1; tables 0119 order
control, 0485 priority), 7 (table 0074 diagnostic service section). IHE RAD TF-2 table 4.1
(accession number in OBR-18).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from farlead.errors import OrderRefused
from farlead.exchange.orders.segments import Segment, groups, moment
from farlead.exchange.orders.stating import Stated, order_of, patient_of
from farlead.messages import message
from farlead.model.national_id import has_shape
from farlead.model.order import Control, Order
from farlead.model.people import Patient
from farlead.model.study import Kind
from farlead.peers import OrderPeer
from farlead.store import Merge, PersonUpdate

#: Messages that are taken, by type and event.
ORDERS = frozenset({("ORM", "O01"), ("OMG", "O19")})
MERGES = frozenset({("ADT", "A40"), ("ADT", "A34")})
UPDATES = frozenset({("ADT", "A08"), ("ADT", "A31")})

_CONTROLS = {
    "NW": Control.NEW,
    "SN": Control.NEW,
    "XO": Control.CHANGE,
    "XX": Control.CHANGE,
    "CA": Control.CANCEL,
    "OC": Control.CANCEL,
    "DC": Control.CANCEL,
}
_PRIORITIES = {"S": "emergency", "A": "urgent", "R": "routine", "": "routine"}
#: Of table 0485 as well, and without a word on urgency.
_NOT_URGENT = frozenset({"P", "C", "T", "PRN"})
_SECTIONS = {
    "EC": Kind.ECG,
    "CUS": Kind.ULTRASOUND,
    "OUS": Kind.ULTRASOUND,
    "RUS": Kind.ULTRASOUND,
    "VUS": Kind.ULTRASOUND,
    "CT": Kind.CT,
    "NMR": Kind.MR,
    "RX": Kind.RADIOGRAPH,
}
#: Letters of table 0001, and the digits of GB/T 2261.1.
_SEXES = {
    "M": "M", "F": "F", "O": "O", "A": "O", "N": "O", "U": "U", "": "",
    "1": "M", "2": "F", "0": "U", "9": "U",
}  # fmt: skip
_LOCAL = ("MR", "PI", "PT", "")
_CARDS = frozenset({"HC", "JHN"})


def orders(found: list[Segment], peer: OrderPeer, today: date) -> list[tuple[Control, Order]]:
    """What an order message wants, order by order; OrderRefused names what is wrong."""
    patient = _patient(_one(found, "PID"))
    visit = next((each for each in found if each.name == "PV1"), None)
    said = [_order(group, patient, visit, peer, today) for group in groups(found, "ORC")]
    if not said:
        raise OrderRefused(message("orders.no_segment_of", segment="ORC"))
    return said


def merges(found: list[Segment], peer: OrderPeer) -> list[Merge]:
    """Which numbers are one patient; OrderRefused names what is missing."""
    said = []
    for group in groups(found, "PID"):
        prior = next((each for each in group if each.name == "MRG"), None)
        if prior is None:
            raise OrderRefused(message("orders.no_segment_of", segment="MRG"))
        numbers = [_local(segment, field) for segment, field in ((group[0], 3), (prior, 1))]
        for name, number in zip(("PID-3", "MRG-1"), numbers, strict=True):
            if not number:
                raise OrderRefused(message("orders.wrong", field=name, cause="@intake.why.missing"))
        kept, other = (Patient(local_number=number) for number in numbers)
        said.append(Merge(peer.unit, kept, other))
    if not said:
        raise OrderRefused(message("orders.no_segment_of", segment="PID"))
    return said


def updates(found: list[Segment], peer: OrderPeer, today: date) -> list[PersonUpdate]:
    """What a unit's system says anew of a patient it knows; OrderRefused names what is wrong."""
    pid = _one(found, "PID")
    if not _local(pid, 3):
        raise OrderRefused(message("orders.wrong", field="PID-3", cause="@intake.why.missing"))
    return [PersonUpdate(peer.unit, patient_of(_patient(pid), today))]


def _order(
    group: list[Segment],
    patient: Mapping[str, object],
    visit: Segment | None,
    peer: OrderPeer,
    today: date,
) -> tuple[Control, Order]:
    common = group[0]
    control = _CONTROLS.get(common.text(1))
    if control is None:
        raise OrderRefused(message("orders.control", control=common.text(1) or "–"))
    asked = [each for each in group if each.name == "OBR"]
    if len(asked) > 1 or not (asked or control is Control.CANCEL):
        raise OrderRefused(message("orders.no_segment_of", segment="OBR"))
    obr = asked[0] if asked else Segment("OBR", (), common.by)
    named = {"ORC": common, "OBR": obr}
    timing = next((each for each in group if each.name == "TQ1"), None)
    stated = Stated(
        placer=common.text(2) or obr.text(2),
        filler=common.text(3) or obr.text(3),
        request={
            "priority": _priority(common, obr, timing),
            "clinical_question": _question(group, obr),
            "symptom_onset": _symptoms(group, peer.symptom_code),
            "requesting_doctor": _person(obr, 16) or _person(common, 12),
            "department": common.text(17, 2) or common.text(17) or _ward(visit),
            "callback_number": _phone(obr, 17) or _phone(common, 14),
            "accession": _accession(named, peer),
        },
        patient=patient,
        requested=next(iter(_times(common, obr, timing)), None),
        kind=peer.kinds.get(obr.text(4)) or _SECTIONS.get(obr.text(24)),
    )
    return control, order_of(stated, peer.unit, today)


def _one(found: list[Segment], name: str) -> Segment:
    segments = [each for each in found if each.name == name]
    if len(segments) != 1:
        raise OrderRefused(message("orders.no_segment_of", segment=name))
    return segments[0]


def _accession(named: Mapping[str, Segment], peer: OrderPeer) -> str:
    for place in peer.accession:
        segment, _, field = place.partition("-")
        if text := named[segment].text(int(field)):
            return text
    return ""


# The patient


def _patient(pid: Segment) -> dict[str, object]:
    sex = pid.text(8).upper()
    if sex not in _SEXES:
        raise OrderRefused(message("orders.wrong", field="PID-8", cause="@intake.why.not_listed"))
    social = pid.text(19)
    return {
        "name": _name(pid),
        "local_number": _local(pid, 3) or pid.text(2),
        "national_id": _typed(pid, _is_national) or (social if has_shape(social.upper()) else ""),
        "health_card": _typed(pid, _CARDS.__contains__),
        "sex": _SEXES[sex],
        "birth_date": _birth(pid.text(7)),
    }


def _local(segment: Segment, field: int) -> str:
    """The unit's own number: by its type, MR before PI before one without a type."""
    numbers = {
        segment.part(each, 5).upper(): segment.part(each)
        for each in reversed(segment.repeated(field))
    }
    return next((numbers[kind] for kind in _LOCAL if numbers.get(kind)), "")


def _typed(pid: Segment, wanted: Callable[[str], bool]) -> str:
    for each in pid.repeated(3):
        if wanted(pid.part(each, 5).upper()):
            return pid.part(each)
    return ""


def _is_national(kind: str) -> bool:
    return kind == "NI" or (len(kind) == 5 and kind.startswith("NN"))


def _name(pid: Segment) -> str:
    """The name as it is shown; of several spellings the one that is not plain letters."""
    names = [_joined(_parts(pid, each)) for each in pid.repeated(5)]
    return next((name for name in names if not name.isascii()), next(iter(names), ""))


def _parts(segment: Segment, repetition: str, first: int = 1) -> list[str]:
    parts = [segment.part(repetition, number) for number in range(first, first + 3)]
    return [part for part in parts if part]


def _joined(parts: list[str]) -> str:
    return (" " if "".join(parts).isascii() else "").join(parts)


def _birth(text: str) -> str:
    found = moment(text[:8]) if len(text) >= 8 else None
    return f"{found:%Y-%m-%d}" if found else ""


# What is asked


def _priority(common: Segment, obr: Segment, timing: Segment | None) -> str:
    """The most urgent of the places where one may stand; an unknown word is no routine."""
    stated = [common.text(7, 6), obr.text(27, 6), obr.text(5), timing.text(9) if timing else ""]
    found = []
    for word in stated:
        code = word.upper()
        if code in _NOT_URGENT or code.startswith("T"):
            code = "R"
        if code not in _PRIORITIES:
            raise OrderRefused(
                message("orders.wrong", field="priority", cause="@intake.why.not_listed")
            )
        found.append(_PRIORITIES[code])
    return next(p for p in ("emergency", "urgent", "routine") if p in found)


def _question(group: list[Segment], obr: Segment) -> str:
    """Reason for study, relevant clinical information, notes, diagnoses: each said once."""
    said = [obr.part(each, 2) or obr.part(each) for each in obr.repeated(31)]
    said.append(obr.text(13))
    for segment in group:
        if segment.name == "NTE":
            said += [segment.part(each) for each in segment.repeated(3)]
        if segment.name == "DG1":
            said.append(segment.text(4) or segment.text(3, 2))
    return "；".join(dict.fromkeys(text for text in said if text))


def _symptoms(group: list[Segment], code: str) -> str:
    for segment in group:
        if segment.name == "OBX" and segment.text(3) == code:
            found = moment(segment.text(5))
            if found is None:
                raise OrderRefused(
                    message("orders.wrong", field="symptom_onset", cause="@intake.why.no_time")
                )
            return found.isoformat()
    return ""


def _person(segment: Segment, field: int) -> str:
    """A name of type XCN: family and given; the identifier where there is no name."""
    repetition = next(iter(segment.repeated(field)), "")
    return _joined(_parts(segment, repetition, 2)) or segment.part(repetition)


def _phone(segment: Segment, field: int) -> str:
    return segment.text(field) or segment.text(field, 12)


def _ward(visit: Segment | None) -> str:
    return visit.text(3) if visit is not None else ""


def _times(common: Segment, obr: Segment, timing: Segment | None) -> Iterator[datetime]:
    stated = (
        timing.text(7) if timing else "", obr.text(36), obr.text(27, 4), common.text(7, 4),
        obr.text(6), common.text(9), common.text(15),
    )  # fmt: skip
    for text in stated:
        if (found := moment(text)) is not None:
            yield found

"""Deciding which patient a document speaks of; equal names are no identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, insert, or_, select

from farlead.model.people import Patient
from farlead.store import schema
from farlead.store.identity import Identifier

_IDENTIFIER = schema.patient_identifier.c
_PATIENT = schema.patient.c


@dataclass(frozen=True, slots=True)
class Found:
    """The patient of a document.

    `conflict`: its numbers, or its sex or birth date, speak of different people; the strongest
    number was believed and a person must look.
    """

    patient_id: int
    conflict: bool


def resolve(
    connection: Connection, stated: Patient, numbers: tuple[Identifier, ...], now: datetime
) -> Found:
    """Find or make the patient, and learn the numbers that contradict nothing."""
    known = _known(connection, numbers)
    holders = [known[number] for number in numbers if number in known]
    if not holders:
        patient_id = _add(connection, stated, now)
        _learn(connection, patient_id, numbers)
        return Found(patient_id, conflict=False)
    holder, strongest = holders[0], numbers[0]
    doubtful = _differs(connection, holder, stated)
    if strongest not in known and (doubtful or _has_other(connection, holder, strongest)):
        # A weaker number belongs to somebody who has another number of the strongest kind, or
        # another sex or birth date: two people; the weaker number is not moved.
        patient_id = _add(connection, stated, now)
        _learn(connection, patient_id, [strongest])
        return Found(patient_id, conflict=True)
    conflict = doubtful or len(set(holders)) > 1
    new = [number for number in numbers if number not in known]
    contradicted = conflict or _contradicts(connection, holder, new)
    if not contradicted:
        _learn(connection, holder, new)
    return Found(holder, conflict=contradicted)


def contradicts_patient(
    connection: Connection, patient_id: int, stated: Patient, numbers: tuple[Identifier, ...]
) -> bool:
    """Whether a further document of a study speaks of somebody else than its patient."""
    holders = set(_known(connection, numbers).values())
    return bool(holders - {patient_id}) or _differs(connection, patient_id, stated)


def _known(connection: Connection, numbers: Iterable[Identifier]) -> dict[Identifier, int]:
    wanted = {(number.kind, number.scope, number.hash): number for number in numbers}
    if not wanted:
        return {}
    rows = connection.execute(
        select(schema.patient_identifier).where(
            or_(
                *(
                    and_(
                        _IDENTIFIER.kind == kind, _IDENTIFIER.scope == scope, _IDENTIFIER.hash == h
                    )
                    for kind, scope, h in wanted
                )
            )
        )
    )
    return {wanted[(row.kind, row.scope, row.hash)]: row.patient_id for row in rows}


def _has_other(connection: Connection, patient_id: int, number: Identifier) -> bool:
    """Whether the patient has another number of this kind and scope."""
    found = connection.execute(
        select(_IDENTIFIER.hash).where(
            _IDENTIFIER.patient_id == patient_id,
            _IDENTIFIER.kind == number.kind,
            _IDENTIFIER.scope == number.scope,
            _IDENTIFIER.hash != number.hash,
        )
    )
    return found.first() is not None


def _differs(connection: Connection, patient_id: int, stated: Patient) -> bool:
    row = connection.execute(select(schema.patient).where(_PATIENT.id == patient_id)).one()
    born = stated.birth_date.isoformat() if stated.birth_date else None
    return bool(
        (row.birth_date and born and row.birth_date != born)
        or (row.sex in "MF" and stated.sex in "MF" and row.sex != stated.sex)
    )


def _add(connection: Connection, stated: Patient, now: datetime) -> int:
    born = stated.birth_date.isoformat() if stated.birth_date else None
    patient_id = connection.execute(
        insert(schema.patient)
        .values(name=stated.name, sex=str(stated.sex), birth_date=born, created=now)
        .returning(_PATIENT.id)
    ).scalar_one()
    if stated.name and born and stated.sex in "MF":
        _pair(connection, patient_id, stated.name, born, str(stated.sex), now)
    return int(patient_id)


def _pair(connection: Connection, new: int, name: str, born: str, sex: str, now: datetime) -> None:
    alike = connection.execute(
        select(_PATIENT.id).where(
            _PATIENT.name == name,
            _PATIENT.birth_date == born,
            _PATIENT.sex == sex,
            _PATIENT.id != new,
        )
    )
    pairs = [{"first_id": other, "second_id": new, "found": now} for other in alike.scalars()]
    if pairs:
        connection.execute(insert(schema.possible_pair), pairs)


def _contradicts(connection: Connection, patient_id: int, numbers: Iterable[Identifier]) -> bool:
    """Whether a number would be the patient's second of a kind that people have once.

    A unit may give the same patient a new number at every visit.
    """
    return any(_has_other(connection, patient_id, number) for number in numbers if not number.scope)


def _learn(connection: Connection, patient_id: int, numbers: Iterable[Identifier]) -> None:
    for number in numbers:
        connection.execute(
            insert(schema.patient_identifier).values(
                kind=str(number.kind),
                scope=number.scope,
                hash=number.hash,
                patient_id=patient_id,
                masked=number.masked,
            )
        )

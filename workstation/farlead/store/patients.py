"""Deciding which patient a document speaks of; equal names are no identity."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from farlead.model.people import Patient
from farlead.model.whose import contradiction
from farlead.store import schema
from farlead.store.database import upsert
from farlead.store.identity import Identifier
from farlead.store.links import linked
from farlead.store.rows import LISTED

_IDENTIFIER = schema.patient_identifier.c
_PATIENT = schema.patient.c

# Made once: making a statement takes longer than its answer.
_HOLDER = select(_IDENTIFIER.patient_id).where(
    _IDENTIFIER.kind == bindparam("kind"),
    _IDENTIFIER.scope == bindparam("scope"),
    _IDENTIFIER.hash == bindparam("hash"),
)
_LEARNED = insert(schema.patient_identifier)
_NEW = insert(schema.patient).returning(_PATIENT.id)
_ALIKE = select(_PATIENT.id).where(
    _PATIENT.name == bindparam("called"),
    _PATIENT.birth_date == bindparam("born"),
    _PATIENT.sex == bindparam("of"),
    _PATIENT.id != bindparam("new"),
)


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
    known = holders(connection, numbers)
    stated_by = [known[number] for number in numbers if number in known]
    if not stated_by:
        patient_id = _add(connection, stated, now)
        _learn(connection, patient_id, numbers)
        return Found(patient_id, conflict=False)
    holder, strongest = stated_by[0], numbers[0]
    doubtful = differs(connection, holder, stated) is not None
    if strongest not in known and (doubtful or has_other(connection, holder, strongest)):
        # A weaker number belongs to somebody who has another number of the strongest kind, or
        # another sex or birth date: two people; the weaker number is not moved.
        patient_id = _add(connection, stated, now)
        _learn(connection, patient_id, [strongest])
        return Found(patient_id, conflict=True)
    conflict = doubtful or not set(stated_by) <= linked(connection, [holder])
    new = [number for number in numbers if number not in known]
    contradicted = conflict or _contradicts(connection, holder, new)
    if not contradicted:
        _learn(connection, holder, new)
    return Found(holder, conflict=contradicted)


def contradicted(
    connection: Connection,
    patient_id: int | None,
    known: Patient,
    stated: Patient,
    numbers: tuple[Identifier, ...],
) -> str | None:
    """Field in which a further document speaks of somebody else than its study's patient.

    Parameters
    ----------
    known : Patient
        As the study's documents state it so far, numbers masked.
    stated : Patient
        As the further document states it.
    numbers : tuple of Identifier
        Of `stated`.
    """
    field = contradiction(known, stated)
    if field is not None or patient_id is None:
        return field
    other = next((n for n in numbers if not n.scope and has_other(connection, patient_id, n)), None)
    if other is not None:
        return str(other.kind)
    return differs(connection, patient_id, stated)


def learn(
    connection: Connection,
    patient_id: int,
    stated: Patient,
    numbers: tuple[Identifier, ...],
    now: datetime,
) -> Found:
    """A further document of the patient's study: its numbers and demographics are learned.

    A patient of whom no number was known yet may turn out to be a known one; a patient with
    numbers of its own is never joined with another by the program.
    """
    known = holders(connection, numbers)
    if not set(known.values()) <= linked(connection, [patient_id]):
        if has_numbers(connection, patient_id):
            return Found(patient_id, conflict=True)
        return resolve(connection, stated, numbers, now)
    _learn(connection, patient_id, [number for number in numbers if number not in known])
    _complete(connection, patient_id, stated, now)
    return Found(patient_id, conflict=False)


def restate(
    connection: Connection,
    patient_id: int,
    stated: Patient,
    numbers: tuple[Identifier, ...],
    now: datetime,
) -> list[str]:
    """The patient's record says what its unit says now; the names of what changed.

    A number that is somebody else's, or a second one of a kind that people have once, is not
    learned.
    """
    row = connection.execute(select(schema.patient).where(_PATIENT.id == patient_id)).one()
    new = {
        "name": stated.name or row.name,
        "sex": str(stated.sex) if stated.sex in "MFO" else row.sex,
        "birth_date": stated.birth_date.isoformat() if stated.birth_date else row.birth_date,
    }
    changed = [name for name, value in new.items() if value != getattr(row, name)]
    if changed:
        connection.execute(update(schema.patient).where(_PATIENT.id == patient_id).values(**new))
        if new["name"] and new["birth_date"] and new["sex"] in "MF":
            _pair(connection, patient_id, new["name"], new["birth_date"], new["sex"], now)
    known = holders(connection, numbers)
    fresh = [number for number in numbers if number not in known]
    if fresh and not _contradicts(connection, patient_id, fresh):
        _learn(connection, patient_id, fresh)
        changed.extend(str(number.kind) for number in fresh)
    return changed


def has_numbers(connection: Connection, patient_id: int) -> bool:
    """Whether a record has numbers by which its patient is known."""
    found = connection.execute(
        select(_IDENTIFIER.hash).where(_IDENTIFIER.patient_id == patient_id).limit(1)
    )
    return found.first() is not None


def _complete(connection: Connection, patient_id: int, stated: Patient, now: datetime) -> None:
    """Fill what the patient's record leaves out, and look who else it may be."""
    row = connection.execute(select(schema.patient).where(_PATIENT.id == patient_id)).one()
    born = stated.birth_date.isoformat() if stated.birth_date else None
    name, sex = row.name or stated.name, row.sex if row.sex != "U" else str(stated.sex)
    born = row.birth_date or born
    if (name, sex, born) == (row.name, row.sex, row.birth_date):
        return
    connection.execute(
        update(schema.patient)
        .where(_PATIENT.id == patient_id)
        .values(name=name, sex=sex, birth_date=born)
    )
    if name and born and sex in "MF":
        _pair(connection, patient_id, name, born, sex, now)


def holders(connection: Connection, numbers: Iterable[Identifier]) -> dict[Identifier, int]:
    """Whose these numbers are, as far as they are known."""
    wanted = {(number.kind, number.scope, number.hash): number for number in numbers}
    if not wanted:
        return {}
    found = {}
    for (kind, scope, hashed), number in wanted.items():
        asked = {"kind": kind, "scope": scope, "hash": hashed}
        holder = connection.execute(_HOLDER, asked).scalar()
        if holder is not None:
            found[number] = int(holder)
    return found


def has_other(connection: Connection, patient_id: int, number: Identifier) -> bool:
    """Whether the patient has another number of this kind and scope, and not this one."""
    found = connection.execute(
        select(_IDENTIFIER.hash).where(
            _IDENTIFIER.patient_id.in_(linked(connection, [patient_id])),
            _IDENTIFIER.kind == number.kind,
            _IDENTIFIER.scope == number.scope,
        )
    )
    hashes = set(found.scalars())
    return bool(hashes) and number.hash not in hashes


def differs(connection: Connection, patient_id: int, stated: Patient) -> str | None:
    """Which of sex and birth date is not the known one; names change and are misspelt."""
    row = connection.execute(select(schema.patient).where(_PATIENT.id == patient_id)).one()
    born = stated.birth_date.isoformat() if stated.birth_date else None
    if row.birth_date and born and row.birth_date != born:
        return "birth_date"
    return "sex" if row.sex in "MF" and stated.sex in "MF" and row.sex != stated.sex else None


def _add(connection: Connection, stated: Patient, now: datetime) -> int:
    born = stated.birth_date.isoformat() if stated.birth_date else None
    person = {"name": stated.name, "sex": str(stated.sex), "birth_date": born, "created": now}
    patient_id = connection.execute(_NEW, person).scalar_one()
    if stated.name and born and stated.sex in "MF":
        _pair(connection, patient_id, stated.name, born, str(stated.sex), now)
    return int(patient_id)


def _pair(connection: Connection, new: int, name: str, born: str, sex: str, now: datetime) -> None:
    alike = connection.execute(_ALIKE, {"called": name, "born": born, "of": sex, "new": new})
    pairs = [
        {"first_id": min(other, new), "second_id": max(other, new), "found": now}
        for other in alike.scalars()
    ]
    if pairs:
        connection.execute(upsert(connection, schema.possible_pair).on_conflict_do_nothing(), pairs)
        others = [pair["first_id"] + pair["second_id"] - new for pair in pairs]
        _relist(connection, others)


def _relist(connection: Connection, patients: Iterable[int]) -> None:
    """The rows of these patients look other than before."""
    study = schema.study.c
    connection.execute(
        update(schema.study)
        .where(study.patient_id.in_(list(patients)), study.state.in_(LISTED))
        .values(changed=0)
    )


def _contradicts(connection: Connection, patient_id: int, numbers: Iterable[Identifier]) -> bool:
    """Whether a number would be the patient's second of a kind that people have once.

    A unit may give the same patient a new number at every visit.
    """
    return any(has_other(connection, patient_id, number) for number in numbers if not number.scope)


def _learn(connection: Connection, patient_id: int, numbers: Iterable[Identifier]) -> None:
    for number in numbers:
        connection.execute(
            _LEARNED,
            {
                "kind": str(number.kind),
                "scope": number.scope,
                "hash": number.hash,
                "patient_id": patient_id,
                "masked": number.masked,
            },
        )

"""Records of one patient that a unit's system has joined (HL7 A40), and parting them again.

Nothing is moved: each record keeps its numbers and studies, and a link says that two are one.
So a join that was wrong is undone by ending it, whatever has happened since.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from farlead.errors import NotFound, OrderRefused
from farlead.messages import message
from farlead.model.order import PatientLink
from farlead.model.people import Account, Patient, Sex
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched
from farlead.store.rows import LISTED

_LINK = schema.patient_link.c
_PAIR = schema.possible_pair.c
_PATIENT = schema.patient.c
_STUDY = schema.study.c
_FIELDS = ("name", "sex", "birth_date")
_ASKED: BindParameter[Sequence[int]] = bindparam("asked", expanding=True)
_LINKED = select(_LINK.kept_id, _LINK.other_id).where(
    _LINK.ended.is_(None), or_(_LINK.kept_id.in_(_ASKED), _LINK.other_id.in_(_ASKED))
)


def linked(connection: Connection, patients: Iterable[int]) -> set[int]:
    """All records of these patients, themselves included."""
    found: set[int] = set()
    new = set(patients)
    while new:
        found |= new
        rows = connection.execute(_LINKED, {"asked": list(new)})
        new = {patient for row in rows for patient in row} - found
    return found


def link(connection: Connection, kept: int, other: int, source: str, now: datetime) -> bool:
    """Two records are one patient from now on; False when just that was said already.

    What follows from other links is kept as well: it still holds when one of those is parted.
    """
    said = select(_LINK.id).where(
        _LINK.ended.is_(None),
        or_(
            and_(_LINK.kept_id == kept, _LINK.other_id == other),
            and_(_LINK.kept_id == other, _LINK.other_id == kept),
        ),
    )
    if connection.execute(said).first() is not None:
        return False
    connection.execute(
        insert(schema.patient_link).values(kept_id=kept, other_id=other, source=source, made=now)
    )
    _decide(connection, kept, other, "same", now)
    return True


def unlink(
    connection: Connection, source: str, account_id: int | None, reason: str, now: datetime
) -> None:
    """What was joined by this word is parted again."""
    rows = connection.execute(
        select(schema.patient_link).where(_LINK.source == source, _LINK.ended.is_(None))
    ).all()
    for row in rows:
        connection.execute(
            update(schema.patient_link)
            .where(_LINK.id == row.id)
            .values(ended=now, ended_by=account_id, reason=reason)
        )
        _undecide(connection, row.kept_id, row.other_id)


class LinkPart(Base):
    """Joined patients."""

    def patient_links(self, *, ended: bool = False) -> list[PatientLink]:
        """Joins that hold, the newest first; with `ended` those as well that were undone."""
        kept, other = schema.patient.alias("kept"), schema.patient.alias("other")
        query = (
            select(schema.patient_link, *_shown(kept, "kept"), *_shown(other, "other"))
            .join(kept, kept.c.id == _LINK.kept_id)
            .join(other, other.c.id == _LINK.other_id)
            .order_by(_LINK.id.desc())
        )
        with self._read() as connection:
            rows = connection.execute(query if ended else query.where(_LINK.ended.is_(None)))
            return [_link_of(row) for row in rows]

    def part_patients(self, link_id: int, who: Account | str, reason: str) -> None:
        """Undo a join: the two are two people again. NotFound; OrderRefused without a reason."""
        if not reason.strip():
            raise OrderRefused(message("store.reason_needed"))
        account = who if isinstance(who, Account) else None
        with self._write() as connection:
            row = connection.execute(
                select(schema.patient_link)
                .where(_LINK.id == link_id, _LINK.ended.is_(None))
                .with_for_update()
            ).one_or_none()
            if row is None:
                raise NotFound(message("orders.no_link", link=link_id))
            connection.execute(
                update(schema.patient_link)
                .where(_LINK.id == link_id)
                .values(
                    ended=self.now(),
                    ended_by=account.id if account else None,
                    reason=reason.strip(),
                )
            )
            _undecide(connection, row.kept_id, row.other_id)
            actor = account.login if account else str(who)
            subject = f"patient:{row.kept_id}"
            self._record(actor, "patient.parted", subject, other=row.other_id)


def _undecide(connection: Connection, kept: int, other: int) -> None:
    """Nothing is known of the two any more, unless other links still say that they are one."""
    if other not in linked(connection, [kept]):
        _decide(connection, kept, other, None, None)


def _decide(
    connection: Connection, kept: int, other: int, decision: str | None, now: datetime | None
) -> None:
    """What is known of the two as "possibly the same"; their rows of the list look other."""
    pair = and_(_PAIR.first_id == min(kept, other), _PAIR.second_id == max(kept, other))
    connection.execute(
        update(schema.possible_pair).where(pair).values(decision=decision, decided=now)
    )
    connection.execute(
        update(schema.study)
        .where(_STUDY.patient_id.in_([kept, other]), _STUDY.state.in_(LISTED))
        .values(identity_conflict=_STUDY.identity_conflict)
    )


def doubt_linked(connection: Connection, kept: int, other: int) -> bool:
    """Whether two records differ in sex or birth date; then open studies wait for a reader."""
    rows = connection.execute(select(schema.patient).where(_PATIENT.id.in_([kept, other]))).all()
    births = {row.birth_date for row in rows} - {None}
    sexes = {row.sex for row in rows} & {"M", "F"}
    if len(births) < 2 and len(sexes) < 2:
        return False
    connection.execute(
        update(schema.study)
        .where(_STUDY.patient_id.in_([kept, other]), _STUDY.state.in_(LISTED))
        .values(identity_conflict=1)
    )
    return True


def _shown(patient: FromClause, name: str) -> list[ColumnElement[Any]]:
    return [patient.c[field].label(f"{name}_{field}") for field in _FIELDS]


def _link_of(row: Fetched) -> PatientLink:
    kept, other = (
        Patient(
            name=getattr(row, f"{name}_name"),
            sex=Sex(getattr(row, f"{name}_sex")),
            birth_date=_date(getattr(row, f"{name}_birth_date")),
        )
        for name in ("kept", "other")
    )
    return PatientLink(row.id, kept, other, row.source, row.made, row.ended, row.reason)


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)

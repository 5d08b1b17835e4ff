"""Whom to call at a unit about a critical value, in the unit's own order."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from farlead.errors import NotFound
from farlead.messages import message
from farlead.model.critical import Contact
from farlead.store import schema
from farlead.store.base import Base

_CONTACT = schema.unit_contact.c


class ContactPart(Base):
    """The units' lists; one that was replaced stays, with its end."""

    def contacts(self, unit: str | None = None) -> dict[str, tuple[Contact, ...]]:
        """The list of a unit, or of all, by code; a unit without a list is left out."""
        query = (
            select(schema.unit_contact)
            .where(_CONTACT.ended.is_(None))
            .order_by(_CONTACT.unit_code, _CONTACT.place)
        )
        with self._read() as connection:
            rows = connection.execute(
                query if unit is None else query.where(_CONTACT.unit_code == unit)
            )
            found: dict[str, tuple[Contact, ...]] = {}
            for row in rows:
                contact = Contact(row.name, row.role, row.number, row.hours)
                found[row.unit_code] = (*found.get(row.unit_code, ()), contact)
            return found

    def set_contacts(self, lists: dict[str, Sequence[Contact]], actor: str) -> None:
        """Replace the lists of these units, all or none; NotFound for a unit that is not known."""
        with self._write(listed=False) as connection:
            known = set(connection.execute(select(schema.unit.c.code)).scalars())
            for unit, contacts in lists.items():
                if unit not in known:
                    raise NotFound(message("critical.no_unit", unit=unit))
                now = self.now()
                connection.execute(
                    update(schema.unit_contact)
                    .where(_CONTACT.unit_code == unit, _CONTACT.ended.is_(None))
                    .values(ended=now)
                )
                for place, contact in enumerate(contacts, 1):
                    connection.execute(
                        insert(schema.unit_contact).values(
                            unit_code=unit,
                            place=place,
                            name=contact.name,
                            role=contact.role,
                            number=contact.number,
                            hours=contact.hours,
                            added=now,
                        )
                    )
                self._record(actor, "unit.contacts", f"unit:{unit}", count=len(contacts))

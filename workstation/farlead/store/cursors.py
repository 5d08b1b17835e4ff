"""Where reading from an archive stands, and what of it the store has already."""

from collections.abc import Collection, Iterator

from sqlalchemy import func, select

from farlead.model.lease import Lease
from farlead.store import leases, schema
from farlead.store.base import Base
from farlead.store.database import upsert

_OBJECT = schema.study_object.c
_STUDY = schema.study.c
_FACT = schema.fact.c
#: Names asked for in one statement.
_LOT = 500


class CursorPart(Base):
    """What intake from archives asks and remembers."""

    def known_objects(self, uids: Collection[str], unit: str | None = None) -> set[str]:
        """Those of these SOP Instance UIDs that the store has, from this unit or from any."""
        query = select(_OBJECT.sop_instance_uid)
        if unit is not None:
            query = query.join(schema.study, _OBJECT.study_id == _STUDY.id)
            query = query.where(_STUDY.unit_code == unit)
        found: set[str] = set()
        with self._read() as connection:
            for lot in _lots(uids):
                rows = connection.execute(query.where(_OBJECT.sop_instance_uid.in_(lot)))
                found.update(str(uid) for uid in rows.scalars())
        return found

    def objects_of(self, study_uids: Collection[str]) -> dict[str, int]:
        """How many objects the store has of these studies, by Study Instance UID.

        One that two units have sent is one.
        """
        counted: dict[str, int] = {}
        with self._read() as connection:
            for lot in _lots(study_uids):
                rows = connection.execute(
                    select(_STUDY.study_uid, func.count(_OBJECT.sop_instance_uid.distinct()))
                    .join(schema.study_object, _OBJECT.study_id == _STUDY.id)
                    .where(_STUDY.study_uid.in_(lot))
                    .group_by(_STUDY.study_uid)
                )
                counted.update({str(uid): int(number) for uid, number in rows})
        return counted

    def cursor(self, name: str) -> str | None:
        """Where reading from this source stands; None before the first time."""
        with self._read() as connection:
            found = connection.execute(select(_FACT.value).where(_FACT.name == _named(name)))
            return found.scalar_one_or_none()

    def save_cursor(self, name: str, value: str, lease: Lease | None = None) -> None:
        """Everything before this has been taken; WorkTaken when another process reads on."""
        with self._write(listed=False) as connection:
            leases.fence(connection, lease)
            connection.execute(
                upsert(connection, schema.fact)
                .values(name=_named(name), value=value)
                .on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )


def _named(name: str) -> str:
    return f"cursor:{name}"


def _lots(names: Collection[str]) -> Iterator[list[str]]:
    listed = sorted(set(names))
    for start in range(0, len(listed), _LOT):
        yield listed[start : start + _LOT]

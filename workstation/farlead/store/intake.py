"""Storing what arrives: study, patient, object and audit in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, desc, insert, select

from farlead.messages import Message, message
from farlead.model.lives import StudyState
from farlead.model.people import Patient
from farlead.model.study import Kind, Request, ScreeningState, StoredObject
from farlead.store import schema
from farlead.store.columns import Fetched
from farlead.store.identity import masked
from farlead.store.joining import ACTOR, CLOSED, issued
from farlead.store.matching import MatchingPart
from farlead.store.opening import Opening
from farlead.store.patients import resolve
from farlead.store.people import ensure_unit
from farlead.store.values import Arrival, Stored

_STUDY = schema.study.c
_OBJECT = schema.study_object.c

# Made once: making a statement takes longer than its answer.
_KNOWN = select(schema.study_object).where(
    _OBJECT.unit_code == bindparam("unit"), _OBJECT.object_key == bindparam("key")
)
_LAST_PART = (
    select(schema.study)
    .where(_STUDY.unit_code == bindparam("unit"), _STUDY.study_key == bindparam("key"))
    .order_by(desc(_STUDY.part))
    .limit(1)
    .with_for_update(key_share=True)
)
_ADDED = insert(schema.study_object)


class IntakePart(MatchingPart):
    """From arrival to the list."""

    def add_object(self, arrival: Arrival) -> Stored:
        """Store an arrival; it is on the list when this returns.

        A repeat (same SOP Instance UID or content, same digest) adds no object; its request
        fills what is missing and may raise the priority, unless it speaks of another patient.
        The same SOP Instance UID with another content is set aside in quarantine and the first
        one is kept. An object for a reported study opens a new, linked one. An object whose
        patient is not the study's joins all the same, and the study waits for a reader to
        confirm the person.
        """
        return self.add_objects([arrival])[0]

    def add_objects(self, arrivals: Sequence[Arrival]) -> list[Stored]:
        """Store arrivals in their order, all of them or, when this fails, none.

        Each as :meth:`add_object` does, with one flush to the disk for all.
        """
        with self._write() as connection:
            self._database.serialise(connection, "intake")
            for unit in dict.fromkeys(arrival.unit_code for arrival in arrivals):
                ensure_unit(connection, unit)
            return [self._add_object(connection, arrival) for arrival in arrivals]

    def _add_object(self, connection: Connection, arrival: Arrival) -> Stored:
        known = _object(connection, arrival.unit_code, _object_key(arrival))
        if known is not None and known.digest != arrival.object.digest:
            return self._conflict(connection, arrival, known)
        if known is None:
            stored = self._new_object(connection, arrival)
        else:
            stored = self._repeat(connection, known.study_id, arrival)
        self._match_study(connection, stored.study_id)
        return stored

    def add_quarantined(self, unit_code: str, object: StoredObject, reason: Message) -> int:  # noqa: A002 - the name that callers know
        """Keep an unreadable file as a study in quarantine; returns its id.

        The same bytes again add nothing.
        """
        with self._write() as connection:
            self._database.serialise(connection, "intake")
            ensure_unit(connection, unit_code)
            key = f"sha256:{object.sha256}"
            known = _object(connection, unit_code, key)
            if known is not None:
                return int(known.study_id)
            return self._quarantine(connection, unit_code, key, object, reason)

    def _new_object(self, connection: Connection, arrival: Arrival) -> Stored:
        last = _last_part(connection, arrival.unit_code, _study_key(arrival))
        if last is None:
            study_id = self._open(connection, arrival, 0, None)
            return self._joined(connection, arrival, Stored(study_id, True, True))
        if StudyState(last.state) in CLOSED or issued(connection, last.id):
            study_id = self._open(connection, arrival, last.part + 1, last.id)
            self._compare(connection, study_id, last, arrival)
            return self._joined(connection, arrival, Stored(study_id, True, True, last.id))
        self._rejoin(connection, arrival, last)
        return self._joined(connection, arrival, Stored(last.id, False, True))

    def _open(self, connection: Connection, arrival: Arrival, part: int, linked: int | None) -> int:
        numbers = self._identity.identifiers(arrival.unit_code, arrival.content_patient)
        found = resolve(connection, arrival.content_patient, numbers, self.now())
        study_id = self._insert(
            connection,
            Opening(
                unit=arrival.unit_code,
                key=_study_key(arrival),
                kind=arrival.kind,
                request=arrival.request,
                patient=masked(arrival.content_patient),
                found=found,
                screening=arrival.screening,
                acquired=arrival.acquired,
                study_uid=arrival.content_identity.study_uid,
                part=part,
                linked=linked,
            ),
        )
        if found.conflict:
            self._record(
                ACTOR,
                "patient.conflict",
                f"study:{study_id}",
                patient=found.patient_id,
            )
        return study_id

    def _joined(self, connection: Connection, arrival: Arrival, stored: Stored) -> Stored:
        self._add_row(
            connection, stored.study_id, arrival.unit_code, _object_key(arrival), arrival.object
        )
        return stored

    def _add_row(
        self, connection: Connection, study_id: int, unit: str, key: str, stored: StoredObject
    ) -> None:
        connection.execute(
            _ADDED,
            {
                "study_id": study_id,
                "unit_code": unit,
                "object_key": key,
                "sha256": stored.sha256,
                "size": stored.size,
                "digest": stored.digest,
                "file_name": stored.file_name,
                "sop_instance_uid": stored.sop_instance_uid,
                "sop_class_uid": stored.sop_class_uid,
                "received": stored.received or self.now(),
            },
        )
        self._record(ACTOR, "object.stored", f"study:{study_id}", sha256=stored.sha256)

    def _conflict(self, connection: Connection, arrival: Arrival, known: Fetched) -> Stored:
        key = f"sha256:{arrival.object.sha256}"
        aside = _object(connection, arrival.unit_code, key)
        if aside is not None:
            return Stored(aside.study_id, new_study=False, new_object=False)
        number = connection.execute(
            select(_STUDY.number).where(_STUDY.id == known.study_id)
        ).scalar_one()
        reason = message(
            "store.same_name_other_content",
            uid=arrival.object.sop_instance_uid or "",
            number=str(number),
        )
        study_id = self._quarantine(
            connection, arrival.unit_code, key, arrival.object, reason, known.study_id
        )
        return Stored(study_id, new_study=True, new_object=True, quarantined=reason)

    def _quarantine(
        self,
        connection: Connection,
        unit: str,
        key: str,
        stored: StoredObject,
        reason: Message,
        linked: int | None = None,
    ) -> int:
        study_id = self._insert(
            connection,
            Opening(
                unit=unit,
                key=key,
                kind=Kind.UNKNOWN,
                request=Request(),
                patient=Patient(),
                found=None,
                screening=ScreeningState.NOT_APPLICABLE,
                linked=linked,
                quarantine=reason,
            ),
        )
        self._add_row(connection, study_id, unit, key, stored)
        return study_id


def _study_key(arrival: Arrival) -> str:
    return arrival.content_identity.study_uid or f"digest:{arrival.object.digest}"


def _object_key(arrival: Arrival) -> str:
    uid = arrival.object.sop_instance_uid or arrival.content_identity.sop_instance_uid
    return uid or f"digest:{arrival.object.digest}"


def _object(connection: Connection, unit: str, key: str) -> Fetched | None:
    return connection.execute(_KNOWN, {"unit": unit, "key": key}).one_or_none()


def _last_part(connection: Connection, unit: str, key: str) -> Fetched | None:
    """The newest request of a study, locked."""
    return connection.execute(_LAST_PART, {"unit": unit, "key": key}).one_or_none()

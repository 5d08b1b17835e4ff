"""Further documents of a known study: objects that join it, requests that complete it."""

import unicodedata
from dataclasses import replace

from sqlalchemy import Connection, select, update

from farlead.messages import message
from farlead.model.lives import StudyState
from farlead.model.people import Patient, completed
from farlead.model.study import Kind, Request, ScreeningState, merged
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import PATIENT, REQUEST, Fetched
from farlead.store.identity import masked
from farlead.store.patients import contradicted, learn
from farlead.store.retakes import end_retakes
from farlead.store.values import Arrival, Stored
from farlead.store.words import keep_words, words_of

ACTOR = "service:intake"

#: A new object cannot join these; it opens a linked request.
CLOSED = frozenset({StudyState.REPORTED, StudyState.WITHDRAWN})

_STUDY = schema.study.c


class JoiningPart(Base):
    """What a further document may change: it fills, raises and doubts, it never overwrites."""

    def _rejoin(self, connection: Connection, arrival: Arrival, study: Fetched) -> None:
        """A late object: unscreened content makes the study unscreened; a retake is answered.

        An object of somebody else changes nothing but the doubt, and the priority upwards.
        """
        values: dict[str, object] = {}
        if arrival.screening is ScreeningState.PENDING:
            values.update(screening_state=str(arrival.screening), screening_tries=0)
        if study.state == StudyState.RETAKE_REQUESTED:
            values.update(state=str(StudyState.WAITING))
            end_retakes(connection, study.id, "answered", self.now())
        if values:
            connection.execute(update(schema.study).where(_STUDY.id == study.id).values(**values))
        if self._compare(connection, study.id, study, arrival):
            self._ask(connection, study, Request(priority=arrival.request.priority))
            return
        self._fill(connection, study, arrival.unit_code, arrival.content_patient)
        self._ask(connection, study, arrival.request)

    def _repeat(self, connection: Connection, study_id: int, arrival: Arrival) -> Stored:
        """A known object, or a late sidecar of one: only what the sidecar says is new."""
        study = connection.execute(
            select(schema.study).where(_STUDY.id == study_id).with_for_update(key_share=True)
        ).one()
        stored = Stored(study_id, new_study=False, new_object=False)
        if study.state == StudyState.QUARANTINED:
            return stored
        field = self._contradicted(connection, study, arrival.unit_code, arrival.stated)
        if field is not None:
            reason = message(
                "store.request_other_patient", field=f"patient.{field}", number=study.number
            )
            self._record(ACTOR, "request.refused", f"study:{study_id}", field=field)
            if not arrival.late and StudyState(study.state) not in CLOSED:
                # The same recording under two names: nobody but a person knows whose it is.
                self._doubt(connection, study_id, study.patient_id, field)
            return replace(stored, refused=reason, field=f"patient.{field}")
        if StudyState(study.state) in CLOSED:
            self._record(ACTOR, "request.too_late", f"study:{study_id}")
            return stored
        self._fill(connection, study, arrival.unit_code, arrival.stated)
        self._ask(connection, study, arrival.request)
        return stored

    def _compare(
        self, connection: Connection, study_id: int, before: Fetched, arrival: Arrival
    ) -> bool:
        """Whether the object is of another patient than the study `before`; noted at `study_id`."""
        stated = arrival.content_patient
        field = self._contradicted(connection, before, arrival.unit_code, stated)
        if field is None:
            return False
        self._doubt(connection, study_id, before.patient_id, field)
        return True

    def _contradicted(
        self, connection: Connection, study: Fetched, unit: str, stated: Patient
    ) -> str | None:
        numbers = self._identity.identifiers(unit, stated)
        known = PATIENT.validate_json(study.patient)
        return contradicted(connection, study.patient_id, known, stated, numbers)

    def _fill(self, connection: Connection, study: Fetched, unit: str, stated: Patient) -> None:
        """Patient data that the study lacks, and numbers by which the patient is known."""
        known = PATIENT.validate_json(study.patient)
        full = completed(known, masked(stated))
        numbers = self._identity.identifiers(unit, stated)
        if study.patient_id is None or full == known:
            return
        person = completed(replace(known, national_id=None, health_card=None), stated)
        found = learn(connection, study.patient_id, person, numbers, self.now())
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == study.id)
            .values(patient=PATIENT.dump_json(full).decode(), patient_id=found.patient_id)
        )
        keep_words(connection, study.id, words_of(full))
        filled = changed_fields(known, full)
        self._record(ACTOR, "patient.filled", f"study:{study.id}", fields=filled)
        if found.conflict:
            self._doubt(connection, study.id, found.patient_id, "number")

    def _doubt(
        self, connection: Connection, study_id: int, patient_id: int | None, field: str
    ) -> None:
        """The study speaks of more than one person: nobody signs it unseen."""
        connection.execute(
            update(schema.study).where(_STUDY.id == study_id).values(identity_conflict=1)
        )
        self._record(
            ACTOR,
            "patient.conflict",
            f"study:{study_id}",
            patient=patient_id,
            field=field,
        )

    def _ask(self, connection: Connection, study: Fetched, asked: Request) -> None:
        """Missing fields of the request are filled, the first answer stays, priority may rise."""
        old = REQUEST.validate_json(study.request)
        kept = _kept(old, asked)
        if kept:
            self._record(ACTOR, "request.kept", f"study:{study.id}", fields=kept)
        after = merged(old, asked)
        if after == old:
            return
        keep_words(connection, study.id, words_of(Patient(), after.accession))
        promised = self.now() + self._rules.promised.of(Kind(study.kind), after.priority)
        raised = after.priority > old.priority
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == study.id)
            .values(
                request=REQUEST.dump_json(after).decode(),
                accession=accession_of(after),
                priority=int(after.priority),
                due=min(study.due, promised) if raised else study.due,
            )
        )
        self._record(
            ACTOR,
            "request.changed",
            f"study:{study.id}",
            priority=int(after.priority),
            fields=changed_fields(old, after),
        )


def _asked_fields() -> list[str]:
    return [name for name in Request.__dataclass_fields__ if name != "priority"]


def _kept(old: Request, new: Request) -> str:
    """Fields in which the further request differs from the first one, which stays."""
    return ",".join(
        name
        for name in _asked_fields()
        if None not in (getattr(old, name), getattr(new, name))
        and getattr(old, name) != getattr(new, name)
    )


def changed_fields(old: Patient | Request, new: Patient | Request) -> str:
    """Names of the fields that changed; never their values."""
    return ",".join(
        name for name in type(old).__dataclass_fields__ if getattr(old, name) != getattr(new, name)
    )


def accession_of(request: Request) -> str | None:
    """The accession number as it is looked up: full-width characters plain, no ends of blanks."""
    return unicodedata.normalize("NFKC", request.accession or "").strip() or None


def issued(connection: Connection, study_id: int) -> bool:
    """Whether a report of the study was ever issued, also while it is being amended."""
    c = schema.report.c
    states = ("final", "superseded", "withdrawn")
    found = select(c.id).where(c.study_id == study_id, c.state.in_(states))
    return connection.execute(found.limit(1)).first() is not None

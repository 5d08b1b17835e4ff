"""Putting a study on the list: its row, its number and the record of its arrival."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Executable, insert

from farlead.messages import Message
from farlead.model.lives import StudyState
from farlead.model.people import Patient
from farlead.model.study import Kind, Request, ScreeningState
from farlead.store import schema
from farlead.store.columns import MESSAGE, PATIENT, REQUEST
from farlead.store.database import upsert_for
from farlead.store.joining import ACTOR, JoiningPart, accession_of
from farlead.store.patients import Found
from farlead.store.words import keep_words, words_of

_STUDY = schema.study.c
_OPENED = insert(schema.study).returning(_STUDY.id, _STUDY.number)  # made once: it is long


@dataclass(frozen=True, slots=True)
class Opening:
    """A study that is about to be inserted."""

    unit: str
    key: str
    kind: Kind
    request: Request
    patient: Patient
    found: Found | None
    screening: ScreeningState
    acquired: datetime | None = None
    study_uid: str | None = None
    part: int = 0
    linked: int | None = None
    quarantine: Message | None = None
    screening_id: int | None = None
    objects_refused: bool = False


class OpeningPart(JoiningPart):
    """Inserts studies."""

    def _insert(self, connection: Connection, new: Opening) -> int:
        now = self.now()
        promised = self._rules.promised.of(new.kind, new.request.priority)
        stored = connection.execute(
            _OPENED,
            {
                "number": _number(connection, now),
                "unit_code": new.unit,
                "study_key": new.key,
                "part": new.part,
                "study_uid": new.study_uid,
                "linked": new.linked,
                "kind": str(new.kind),
                "state": str(StudyState.QUARANTINED if new.quarantine else StudyState.WAITING),
                "patient_id": new.found.patient_id if new.found else None,
                "patient": PATIENT.dump_json(new.patient).decode(),
                "identity_conflict": int(bool(new.found and new.found.conflict)),
                "request": REQUEST.dump_json(new.request).decode(),
                "accession": accession_of(new.request),
                "priority": int(new.request.priority),
                "acquired": new.acquired,
                "arrived": now,
                "due": now + promised,
                "screening_state": str(new.screening),
                "screening_id": new.screening_id,
                "objects_refused": int(new.objects_refused),
                "quarantine": MESSAGE.dump_json(new.quarantine).decode()
                if new.quarantine
                else None,
            },
        ).one()
        study_id = int(stored.id)
        words = words_of(new.patient, str(stored.number), new.request.accession)
        keep_words(connection, study_id, words)
        self._record(
            ACTOR,
            "study.arrived",
            f"study:{study_id}",
            unit=new.unit,
            kind=str(new.kind),
            quarantine=new.quarantine.id if new.quarantine else None,
            linked=new.linked,
        )
        return study_id


@cache
def _counted(dialect: str) -> Executable:
    """The next number of a day."""
    last = schema.day_number.c.last
    return (
        upsert_for(dialect, schema.day_number)
        .values(last=1)
        .on_conflict_do_update(index_elements=["day"], set_={"last": last + 1})
        .returning(last)
    )


def _number(connection: Connection, now: datetime) -> str:
    """Next number of the day, by the calendar of the place where the program runs."""
    day = now.astimezone().strftime("%Y%m%d")
    last = connection.execute(_counted(connection.dialect.name), {"day": day}).scalar_one()
    return f"{day}-{last:04d}"

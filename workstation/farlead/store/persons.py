"""What units say of persons, apart from orders: two numbers are one, a patient is restated."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from farlead.model.people import Patient
from farlead.store import schema
from farlead.store.columns import PATIENT, Fetched
from farlead.store.links import doubt_linked, link
from farlead.store.matching import Act, MatchingPart
from farlead.store.patients import holders, resolve, restate
from farlead.store.people import ensure_unit
from farlead.store.rows import LISTED

_STUDY = schema.study.c


@dataclass(frozen=True, slots=True)
class Merge:
    """Two numbers of a unit that are one patient (HL7 A40): `kept` goes on, `other` does not."""

    unit: str
    kept: Patient
    other: Patient


@dataclass(frozen=True, slots=True)
class PersonUpdate:
    """What a unit's system says of a patient of its own has changed (HL7 A08, A31)."""

    unit: str
    patient: Patient


class PersonPart(MatchingPart):
    """A unit's word on its patients, and the studies that it reaches."""

    def _merge(self, connection: Connection, source: str, merge: Merge) -> None:
        """Both numbers are one patient's, known ones or not: studies may come under either."""
        ensure_unit(connection, merge.unit)
        kept, other = (
            resolve(
                connection, each, self._identity.identifiers(merge.unit, each), self.now()
            ).patient_id
            for each in (merge.kept, merge.other)
        )
        if kept == other or not link(connection, kept, other, source, self.now()):
            return
        doubtful = doubt_linked(connection, kept, other)
        self._record(
            Act().actor,
            "patient.merged",
            f"patient:{kept}",
            other=other,
            source=source,
            doubtful=doubtful,
        )

    def _update_person(self, connection: Connection, source: str, said: PersonUpdate) -> None:
        """The patient's record follows its unit; what was signed stays as it is.

        Open studies take what they lack; one that says otherwise waits until a reader confirms
        whose it is. Of a person without a study nothing is kept.
        """
        ensure_unit(connection, said.unit)
        own = self._identity.identifiers(said.unit, Patient(local_number=said.patient.local_number))
        patient_id = next(iter(holders(connection, own).values()), None)
        if patient_id is None:
            return
        numbers = self._identity.identifiers(said.unit, said.patient)
        fields = restate(connection, patient_id, said.patient, numbers, self.now())
        doubtful = [
            row.number
            for row in connection.execute(
                select(schema.study).where(
                    _STUDY.patient_id == patient_id,
                    _STUDY.unit_code == said.unit,
                    _STUDY.state.in_(LISTED),
                )
            ).all()
            if not self._restated(connection, row, said)
        ]
        self._record(
            Act().actor,
            "patient.updated",
            f"patient:{patient_id}",
            fields=",".join(fields),
            source=source,
            doubtful=",".join(doubtful),
        )

    def _restated(self, connection: Connection, study: Fetched, said: PersonUpdate) -> bool:
        """Whether the study agrees; then it takes what it lacks."""
        field = self._contradicted(connection, study, said.unit, said.patient)
        known = PATIENT.validate_json(study.patient)
        if field is None and None not in (known.name, said.patient.name):
            field = "name" if known.name != said.patient.name else None
        if field is not None:
            self._doubt(connection, study.id, study.patient_id, field)
            return False
        self._fill(connection, study, said.unit, said.patient)
        return True

"""Screening as a property of studies: pending, done, failed."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, insert, select, update

from farlead.messages import Message
from farlead.model.lease import Lease
from farlead.model.screening import Screening
from farlead.model.study import ScreeningState, Severity, Study
from farlead.store import leases, schema
from farlead.store.columns import MESSAGE, SCREENING, SCREENING_DETAIL
from farlead.store.rows import in_full, objects_of, studies, study_of
from farlead.store.suspicions import SuspicionPart

_STUDY = schema.study.c
_SCREENING = schema.screening.c
_KIND = "screening"


@dataclass(frozen=True, slots=True)
class ToScreen:
    """A study in this process's hand, and how often its screening was begun with this time."""

    study: Study
    tries: int
    lease: Lease


class ScreeningPart(SuspicionPart):
    """What the screening service asks for and leaves behind."""

    def pending_screenings(self, limit: int) -> list[Study]:
        """Studies that wait for screening, with their objects.

        Those that were tried least come first, so that one that takes its worker down does not
        stand before the others; among equals, requested priority and age decide.
        """
        with self._read() as connection:
            rows = connection.execute(
                studies()
                .where(_STUDY.screening_state == ScreeningState.PENDING)
                .order_by(_STUDY.screening_tries, _STUDY.priority.desc(), _STUDY.id)
                .limit(limit)
            ).all()
            objects = objects_of(connection, [row.id for row in rows])
            return [study_of(row, objects.get(row.id, ())) for row in rows]

    def take_screening(self, holder: str, lasts: timedelta) -> ToScreen | None:
        """The next study to be screened, for this process alone; None when there is none.

        A try is counted before it is made. The order is that of :meth:`pending_screenings`.
        """
        with self._write(listed=False) as connection:
            others = [int(name) for name in leases.taken(connection, _KIND, self.now())]
            study_id = connection.execute(
                select(_STUDY.id)
                .where(_STUDY.screening_state == ScreeningState.PENDING, _STUDY.id.not_in(others))
                .order_by(_STUDY.screening_tries, _STUDY.priority.desc(), _STUDY.id)
                .limit(1)
                .with_for_update(key_share=True, skip_locked=True)
            ).scalar()
            if study_id is None:
                return None
            lease = leases.take(connection, f"{_KIND} {study_id}", holder, self.now(), lasts)
            if lease is None:  # somebody took it between the two questions
                return None
            tries = connection.execute(
                update(schema.study)
                .where(_STUDY.id == study_id)
                .values(screening_tries=_STUDY.screening_tries + 1)
                .returning(_STUDY.screening_tries)
            ).scalar_one()
            row = connection.execute(studies().where(_STUDY.id == study_id)).one()
            objects = objects_of(connection, [study_id])
            return ToScreen(study_of(row, objects.get(study_id, ())), int(tries), lease)

    def save_screening(
        self,
        study_id: int,
        screening: Screening,
        sha256: str | None = None,
        lease: Lease | None = None,
    ) -> None:
        """Keep a result; the study's row shows it. Earlier results are kept.

        A critical suggestion starts the clock of its case in the same step.

        Parameters
        ----------
        sha256 : str, optional
            The object whose samples the result's positions count, where the study has several.
        lease : Lease, optional
            Under which it was screened; it is given back.

        Raises
        ------
        WorkTaken
            Another process screens the study now; nothing is kept.
        """
        detail = screening.detail
        with self._write() as connection:
            screening_id = connection.execute(
                insert(schema.screening)
                .values(
                    study_id=study_id,
                    made=self.now(),
                    sha256=sha256,
                    result=SCREENING.dump_json(screening.brief).decode(),
                    detail=None if detail is None else SCREENING_DETAIL.dump_json(detail).decode(),
                )
                .returning(_SCREENING.id)
            ).scalar_one()
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == study_id)
                .values(
                    screening_state=str(ScreeningState.DONE),
                    screening_id=screening_id,
                    screening_failure=None,
                )
            )
            self._given_back(connection, lease)
            _keep_findings(connection, screening_id, screening)
            self._hasten(connection, study_id, screening.rank)
            self._suspect(connection, study_id, screening)
            self._record(
                connection,
                "service:screening",
                "study.screened",
                f"study:{study_id}",
                version=screening.version,
                severity=int(screening.severity),
                known=screening.known,
            )

    def fail_screening(self, study_id: int, reason: Message, lease: Lease | None = None) -> None:
        """Screening could not be done: the study ranks with urgent and says why; WorkTaken."""
        with self._write() as connection:
            connection.execute(
                update(schema.study)
                .where(_STUDY.id == study_id)
                .values(
                    screening_state=str(ScreeningState.FAILED),
                    screening_failure=MESSAGE.dump_json(reason).decode(),
                )
            )
            self._given_back(connection, lease)
            self._hasten(connection, study_id, Severity.URGENT)
            self._record(
                connection,
                "service:screening",
                "study.screening_failed",
                f"study:{study_id}",
                reason=reason.id,
            )

    def _given_back(self, connection: Connection, lease: Lease | None) -> None:
        """The study's row is locked by now, as when it was taken: nobody waits in a ring."""
        leases.fence(connection, lease)
        leases.end(connection, lease)

    def _hasten(self, connection: Connection, study_id: int, rank: Severity) -> None:
        """What screening found may bring the promised time nearer, never put it off."""
        promised = self._rules.promised.screened(rank)
        if promised is None:
            return
        row = connection.execute(
            select(_STUDY.arrived, _STUDY.due).where(_STUDY.id == study_id)
        ).one()
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == study_id)
            .values(due=min(row.due, row.arrived + promised))
        )

    def request_screening(self, study_id: int) -> None:
        """Screen once more, e.g. with newer rules."""
        with self._write() as connection:
            connection.execute(
                update(schema.study)
                .where(
                    _STUDY.id == study_id,
                    _STUDY.screening_state != ScreeningState.NOT_APPLICABLE,
                )
                .values(screening_state=str(ScreeningState.PENDING), screening_tries=0)
            )

    def last_screening(self, study_id: int) -> Screening | None:
        """The newest result, also while a further object waits to be screened."""
        with self._read() as connection:
            row = connection.execute(
                select(_SCREENING.result, _SCREENING.detail)
                .join(schema.study, _STUDY.screening_id == _SCREENING.id)
                .where(_STUDY.id == study_id)
            ).one_or_none()
            return None if row is None else in_full(SCREENING.validate_json(row[0]), row[1])

    def screened_object(self, study_id: int) -> str | None:
        """SHA-256 of the object that the shown result was made from, where it was said."""
        with self._read() as connection:
            found: str | None = connection.execute(
                select(_SCREENING.sha256)
                .join(schema.study, _STUDY.screening_id == _SCREENING.id)
                .where(_STUDY.id == study_id)
            ).scalar()
            return found


def _keep_findings(connection: Connection, screening_id: int, screening: Screening) -> None:
    """Under which statements, and rules that add none, the study is found."""
    codes = sorted({flag.statement or flag.code for flag in screening.flags})
    if codes:
        rows = [{"code": code, "screening_id": screening_id} for code in codes]
        connection.execute(insert(schema.screening_finding), rows)

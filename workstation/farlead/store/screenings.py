"""Screening as a property of studies: pending, done, failed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, or_, select, update

from farlead.messages import Message
from farlead.model.lease import Lease
from farlead.model.screening import Screening
from farlead.model.study import ScreeningState, Severity, Study
from farlead.store import leases, schema
from farlead.store.columns import MESSAGE, SCREENING, SCREENING_DETAIL
from farlead.store.rows import LISTED, in_full, objects_of, studies, study_of
from farlead.store.suspicions import SuspicionPart

_STUDY = schema.study.c
_SCREENING = schema.screening.c
_LINK = schema.patient_link.c
_KIND = "screening"


# Made once: making a statement takes longer than its answer.
_NEXT = (
    select(_STUDY.id, _STUDY.screening_tries)
    .where(
        _STUDY.screening_state == ScreeningState.PENDING,
        _STUDY.id.not_in(bindparam("others", expanding=True)),
    )
    .order_by(_STUDY.screening_tries, _STUDY.priority.desc(), _STUDY.id)
    .limit(bindparam("most"))
    .with_for_update(key_share=True, skip_locked=True)
)
_TRIED = (
    update(schema.study)
    .where(_STUDY.id.in_(bindparam("studies", expanding=True)))
    .values(screening_tries=_STUDY.screening_tries + 1)
)
_TAKEN = studies().where(_STUDY.id.in_(bindparam("studies", expanding=True)))
_ASKED: BindParameter[Sequence[int]] = bindparam("asked", expanding=True)
_SEVERAL = (
    select(_STUDY.patient_id)
    .where(_STUDY.patient_id.in_(_ASKED))
    .group_by(_STUDY.patient_id)
    .having(func.count() > 1)
)
_LINKED = select(_LINK.kept_id, _LINK.other_id).where(
    _LINK.ended.is_(None), or_(_LINK.kept_id.in_(_ASKED), _LINK.other_id.in_(_ASKED))
)
_RESULT = insert(schema.screening).returning(_SCREENING.id)
_SHOWN = (
    update(schema.study)
    .where(_STUDY.id == bindparam("study"))
    .values(
        screening_state=str(ScreeningState.DONE),
        screening_id=bindparam("result"),
        screening_failure=None,
    )
)


@dataclass(frozen=True, slots=True)
class ToScreen:
    """A study in this process's hand.

    Parameters
    ----------
    study : Study
    tries : int
        How often its screening was begun, with this time.
    lease : Lease
    followed : bool
        Whether its patient has further studies.
    """

    study: Study
    tries: int
    lease: Lease
    followed: bool = True


@dataclass(frozen=True, slots=True)
class Screened:
    """What the screening of a study came to: a result, or why there is none.

    `sha256` and `lease` as in :meth:`ScreeningPart.save_screening`.
    """

    study_id: int
    outcome: Screening | Message
    sha256: str | None = None
    lease: Lease | None = None


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
        return next(iter(self.take_screenings(holder, lasts, 1)), None)

    def take_screenings(self, holder: str, lasts: timedelta, most: int) -> list[ToScreen]:
        """The same for several; one that was tried before comes alone.

        So whoever stood beside a study that takes its process down is not given up with it.
        """
        with self._write(listed=False) as connection:
            others = [int(name) for name in leases.taken(connection, _KIND, self.now())]
            found = connection.execute(_NEXT, {"others": others, "most": most}).all()
            fresh = [row.id for row in found if not row.screening_tries]
            given: dict[int, Lease] = {}
            for study_id in fresh or [row.id for row in found[:1]]:
                lease = leases.take(connection, f"{_KIND} {study_id}", holder, self.now(), lasts)
                if lease is not None:  # else somebody took it between the two questions
                    given[study_id] = lease
            return _begun(connection, given)

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
        self.save_screenings([Screened(study_id, screening, sha256, lease)])

    def fail_screening(self, study_id: int, reason: Message, lease: Lease | None = None) -> None:
        """Screening could not be done: the study ranks with urgent and says why; WorkTaken."""
        self.save_screenings([Screened(study_id, reason, None, lease)])

    def save_screenings(self, results: Sequence[Screened]) -> None:
        """What several screenings came to, all of them or, when this fails, none; WorkTaken."""
        with self._write() as connection:
            for each in sorted(results, key=lambda each: each.study_id):  # nobody waits in a ring
                if isinstance(each.outcome, Message):
                    self._keep_failure(connection, each, each.outcome)
                else:
                    self._keep_result(connection, each, each.outcome)

    def _keep_result(self, connection: Connection, each: Screened, screening: Screening) -> None:
        study_id, detail = each.study_id, screening.detail
        screening_id = connection.execute(
            _RESULT,
            {
                "study_id": study_id,
                "made": self.now(),
                "sha256": each.sha256,
                "result": SCREENING.dump_json(screening.brief).decode(),
                "detail": None if detail is None else SCREENING_DETAIL.dump_json(detail).decode(),
            },
        ).scalar_one()
        connection.execute(_SHOWN, {"study": study_id, "result": screening_id})
        self._given_back(connection, each.lease)
        _keep_findings(connection, screening_id, screening)
        self._hasten(connection, study_id, screening.rank)
        self._suspect(connection, study_id, screening)
        self._record(
            "service:screening",
            "study.screened",
            f"study:{study_id}",
            version=screening.version,
            severity=int(screening.severity),
            known=screening.known,
        )

    def _keep_failure(self, connection: Connection, each: Screened, reason: Message) -> None:
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == each.study_id)
            .values(
                screening_state=str(ScreeningState.FAILED),
                screening_failure=MESSAGE.dump_json(reason).decode(),
            )
        )
        self._given_back(connection, each.lease)
        self._hasten(connection, each.study_id, Severity.URGENT)
        self._record(
            "service:screening",
            "study.screening_failed",
            f"study:{each.study_id}",
            reason=reason.id,
        )

    def _given_back(self, connection: Connection, lease: Lease | None) -> None:
        """The study's row is locked by now, as when it was taken: nobody waits in a ring."""
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

    def unfetched_screenings(self) -> list[Study]:
        """Studies on the list that were not screened because their archive did not answer."""
        reason = '"objects.archive_away"'
        with self._read() as connection:
            rows = connection.execute(
                studies().where(
                    _STUDY.state.in_(LISTED),
                    _STUDY.screening_state == ScreeningState.FAILED,
                    _STUDY.screening_failure.contains(reason, autoescape=True),
                )
            ).all()
            objects = objects_of(connection, [row.id for row in rows])
            return [study_of(row, objects.get(row.id, ())) for row in rows]

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


def _begun(connection: Connection, given: Mapping[int, Lease]) -> list[ToScreen]:
    """A try of each is counted; what they are, in the order in which they were taken."""
    if not given:
        return []
    wanted = {"studies": list(given)}
    connection.execute(_TRIED, wanted)
    rows = {row.id: row for row in connection.execute(_TAKEN, wanted)}
    objects = objects_of(connection, given)
    others = _of_several(connection, [row.patient_id for row in rows.values()])
    return [
        ToScreen(
            study_of(rows[each], objects.get(each, ())),
            int(rows[each].screening_tries),
            lease,
            rows[each].patient_id in others,
        )
        for each, lease in given.items()
    ]


def _of_several(connection: Connection, patients: Iterable[int | None]) -> set[int]:
    """Those of these patients that have several studies, or several records."""
    asked = {"asked": [each for each in set(patients) if each is not None]}
    pairs = connection.execute(_LINKED, asked).all()
    return {*connection.execute(_SEVERAL, asked).scalars(), *(p for pair in pairs for p in pair)}


def _keep_findings(connection: Connection, screening_id: int, screening: Screening) -> None:
    """Under which statements, and rules that add none, the study is found."""
    codes = sorted({flag.statement or flag.code for flag in screening.flags})
    if codes:
        rows = [{"code": code, "screening_id": screening_id} for code in codes]
        connection.execute(insert(schema.screening_finding), rows)

"""Times of the chest pain clock, gathered from what is stored, and entered by people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from farlead.errors import CaseError
from farlead.model.chestpain import Moment, Origin, Stamp, Timeline, concerns, refused
from farlead.model.people import Account
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import REQUEST, Fetched, Selection
from farlead.store.rows import no_study

_STUDY, _TIME, _CASE = schema.study.c, schema.study_time.c, schema.critical_case.c
_CALL, _REPORT = schema.critical_call.c, schema.report.c


class ChestPainPart(Base):
    """One study's times, all of a span of days, and entering what is missing."""

    def chest_pain(self, study_id: int) -> Timeline:
        """What is known of a study; NotFound."""
        with self._read() as connection:
            found = _timelines(connection, _studies().where(_STUDY.id == study_id))
            if not found:
                raise no_study(study_id)
            return found[0]

    def chest_pains(self, begin: datetime, end: datetime) -> list[Timeline]:
        """Studies that arrived in this time and are about chest pain, or whose time was entered."""
        arrived = _studies().where(_STUDY.arrived >= begin, _STUDY.arrived < end)
        with self._read() as connection:
            rows = connection.execute(arrived).all()
            entered = _entered(connection, [row.id for row in rows])
            chosen = [row for row in rows if row.id in entered or _about_chest_pain(row)]
            return _of_rows(connection, chosen)

    def enter_time(self, study_id: int, moment: Moment, at: datetime, account: Account) -> Timeline:
        """A person says when something was; kept with name and time.

        What a person entered is put right by entering it again: both stay, the later one counts.

        Raises
        ------
        CaseError
            The moment is known already, is a stamp of the hub, or lies in the future.
        """
        with self._write(listed=False) as connection:
            found = _timelines(connection, _studies().where(_STUDY.id == study_id))
            if not found:
                raise no_study(study_id)
            why = refused(moment, at, found[0].stamps, self.now())
            if why is not None:
                raise CaseError(why)
            before = found[0].stamps.get(moment)
            self._keep_time(connection, study_id, moment, at, account, before)
            return _timelines(connection, _studies().where(_STUDY.id == study_id))[0]

    def _note_opened(self, connection: Connection, study_id: int, account: Account) -> None:
        """The first reader who opens it counts."""
        opened = select(_TIME.id).where(_TIME.study_id == study_id, _TIME.moment == Moment.OPENED)
        if connection.execute(opened).first() is not None:
            return
        self._database.serialise(connection, f"opened {study_id}")
        if connection.execute(opened).first() is None:
            self._keep_time(connection, study_id, Moment.OPENED, self.now(), account)

    def _keep_time(
        self,
        connection: Connection,
        study_id: int,
        moment: Moment,
        at: datetime,
        account: Account,
        before: Stamp | None = None,
    ) -> None:
        connection.execute(
            insert(schema.study_time).values(
                study_id=study_id,
                moment=str(moment),
                at=at,
                account_id=account.id,
                entered=self.now(),
            )
        )
        if moment is not Moment.OPENED:
            self._record(
                account.login,
                "chestpain.entered",
                f"study:{study_id}",
                moment=str(moment),
                at=at.isoformat(),
                **({"before": before.at.isoformat()} if before is not None else {}),
            )


def _studies() -> Selection:
    return (
        select(
            _STUDY.id, _STUDY.number, _STUDY.request, _STUDY.acquired, _STUDY.arrived,
            schema.unit.c.name.label("unit_name"),
        )
        .join(schema.unit, schema.unit.c.code == _STUDY.unit_code)
        .order_by(_STUDY.arrived, _STUDY.id)
    )  # fmt: skip


def _about_chest_pain(row: Fetched) -> bool:
    request = REQUEST.validate_json(row.request)
    return concerns(request.clinical_question, request.symptom_onset)


def _timelines(connection: Connection, query: Selection) -> list[Timeline]:
    return _of_rows(connection, connection.execute(query).all())


def _of_rows(connection: Connection, rows: Sequence[Fetched]) -> list[Timeline]:
    ids = [row.id for row in rows]
    entered, signed = _entered(connection, ids), _signed(connection, ids)
    told = _told(connection, ids)
    found = []
    for row in rows:
        stamps = dict(entered.get(row.id, {}))
        onset = REQUEST.validate_json(row.request).symptom_onset
        for moment, at, origin in (
            (Moment.SYMPTOM, onset, Origin.REQUEST),
            (Moment.ECG, row.acquired, Origin.RECORDING),
            (Moment.ARRIVED, row.arrived, Origin.HUB),
            (Moment.SIGNED, signed.get(row.id), Origin.HUB),
            (Moment.TOLD, told.get(row.id), Origin.HUB),
        ):
            if at is not None:
                stamps[moment] = Stamp(at if at.tzinfo else at.astimezone(), origin)
        ordered = {moment: stamps[moment] for moment in Moment if moment in stamps}
        found.append(Timeline(row.id, row.number, row.unit_name, ordered))
    return found


def _entered(connection: Connection, ids: Iterable[int]) -> dict[int, dict[Moment, Stamp]]:
    rows = connection.execute(
        select(schema.study_time, schema.account.c.name)
        .join(schema.account, schema.account.c.id == _TIME.account_id)
        .where(_TIME.study_id.in_(list(ids)))
        .order_by(_TIME.id)
    )
    found: dict[int, dict[Moment, Stamp]] = {}
    for row in rows:
        moment = Moment(row.moment)
        origin = Origin.HUB if moment is Moment.OPENED else Origin.ENTERED
        found.setdefault(row.study_id, {})[moment] = Stamp(row.at, origin, row.name, row.entered)
    return found


def _signed(connection: Connection, ids: Iterable[int]) -> dict[int, datetime]:
    rows = connection.execute(
        select(_REPORT.study_id, func.min(_REPORT.signed))
        .where(_REPORT.study_id.in_(list(ids)), _REPORT.signed.is_not(None))
        .group_by(_REPORT.study_id)
    )
    return {row[0]: row[1] for row in rows}


def _told(connection: Connection, ids: Iterable[int]) -> dict[int, datetime]:
    rows = connection.execute(
        select(_CASE.study_id, func.min(_CALL.at))
        .join(schema.critical_case, _CASE.id == _CALL.case_id)
        .where(_CASE.study_id.in_(list(ids)), _CALL.read_back != 0, _CALL.person != "")
        .group_by(_CASE.study_id)
    )
    return {row[0]: row[1] for row in rows}

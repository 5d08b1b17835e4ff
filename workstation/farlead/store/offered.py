"""What was written and done while the database was away; each of it comes in once."""

from pydantic import TypeAdapter
from sqlalchemy import insert, select

from farlead.model.outage import KeptAct, KeptDraft, Offered
from farlead.model.people import Account
from farlead.store import schema
from farlead.store.base import Base, canonical
from farlead.store.columns import DRAFT, Detail
from farlead.store.database import upsert
from farlead.store.holding import lock

_OFFERED, _PERSONAL = schema.offered.c, schema.personal.c
_CONTENT = TypeAdapter(dict[str, object])
_MARKS = TypeAdapter(dict[str, str])
#: What each station entered last, among what is kept with a person.
_ENTERED = "entered_acts"


class OfferedPart(Base):
    """Texts of readers whose study another took meanwhile; never removed."""

    def offer(self, kept: KeptDraft, account: Account, station: str) -> None:
        """Keep a text with its study; whoever holds that sees it. NotFound."""
        with self._write() as connection:
            lock(connection, kept.study)
            if connection.execute(
                select(_OFFERED.id).where(
                    _OFFERED.study_id == kept.study,
                    _OFFERED.account_id == account.id,
                    _OFFERED.station == station,
                    _OFFERED.written == kept.written,
                )
            ).first():
                return
            connection.execute(
                insert(schema.offered).values(
                    study_id=kept.study,
                    account_id=account.id,
                    station=station,
                    draft=DRAFT.dump_json(kept.draft).decode(),
                    ready=int(kept.ready),
                    written=kept.written,
                    at=self.now(),
                )
            )
            self._record(
                account.login,
                "draft.offered",
                f"study:{kept.study}",
                station=station,
                written=kept.written.isoformat(),
            )

    def enter_act(self, act: KeptAct, account: Account, station: str) -> None:
        """Enter into the audit trail what was done meanwhile; once, however often it is told.

        A station tells its acts one after another and forgets each before the next, so that the
        last one alone can come twice. Which that was is kept by the transaction that enters it.
        """
        mark = canonical([act.action, act.subject, act.at.isoformat()])
        detail: Detail = {**act.detail, "offline": True, "station_time": act.at.isoformat()}
        with self._write(listed=False) as connection:
            mine = select(_PERSONAL.content).where(_PERSONAL.account_id == account.id)
            kept = connection.execute(mine.with_for_update()).scalar()
            content = {} if kept is None else _CONTENT.validate_json(kept)
            marks = _MARKS.validate_python(content.get(_ENTERED, {}))
            if marks.get(station) == mark:
                return
            self._record(act.actor, act.action, act.subject, **detail)
            content[_ENTERED] = {**marks, station: mark}
            values = {"content": canonical(content), "saved": self.now()}
            connection.execute(
                upsert(connection, schema.personal)
                .values(account_id=account.id, **values)
                .on_conflict_do_update(index_elements=["account_id"], set_=values)
            )

    def offered(self, study_id: int) -> tuple[Offered, ...]:
        """What is kept with a study, the newest first."""
        person = schema.account.c
        with self._read() as connection:
            rows = connection.execute(
                select(schema.offered, person.name)
                .join(schema.account, person.id == _OFFERED.account_id)
                .where(_OFFERED.study_id == study_id)
                .order_by(_OFFERED.id.desc())
            )
            return tuple(
                Offered(
                    row.name,
                    row.station,
                    DRAFT.validate_json(row.draft),
                    row.written,
                    row.at,
                    bool(row.ready),
                )
                for row in rows
            )

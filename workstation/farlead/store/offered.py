"""What was written while the database was away, for whoever holds the study now."""

from sqlalchemy import insert, select

from farlead.model.outage import KeptDraft, Offered
from farlead.model.people import Account
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import DRAFT
from farlead.store.holding import lock

_OFFERED = schema.offered.c


class OfferedPart(Base):
    """Texts of readers whose study another took meanwhile; never removed."""

    def offer(self, kept: KeptDraft, account: Account, station: str) -> None:
        """Keep a text with its study; whoever holds that sees it. NotFound."""
        with self._write() as connection:
            lock(connection, kept.study)
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
                connection,
                account.login,
                "draft.offered",
                f"study:{kept.study}",
                station=station,
                written=kept.written.isoformat(),
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

"""Marks of the clock of critical values: each written once, by whoever comes first.

Any station and any service may look; a mark that one of them left out because it died or lost
the database is written by the next one that looks.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from farlead.model.critical import CriticalCase
from farlead.model.escalation import UNOPENED, Escalation, Mark, reached
from farlead.model.people import Account
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.case_rows import MARK, RUNNING, cases_of_rows, whole_case
from farlead.store.database import upsert

_CASE = schema.critical_case.c
_SERVICE = "service:critical"


class EscalationPart(Base):
    """Running cases, and what their clocks have passed."""

    def running_cases(self) -> list[CriticalCase]:
        """Suspected and open cases, the one whose clock runs longest first."""
        with self._read() as connection:
            return cases_of_rows(connection, RUNNING)

    def escalate(self, station: str, account: Account | None = None) -> list[Escalation]:
        """Write every mark that has been reached and nobody has written; by the store's clock.

        Parameters
        ----------
        station : str
            Where this is looked at.
        account : Account, optional
            Who is logged in there.
        """
        written: list[Escalation] = []
        with self._read() as connection:
            running = cases_of_rows(connection, RUNNING)
            late = [case for case in running if self._due(case, self.now())]
        for case in late:
            with self._write(listed=False) as connection:
                # What another has in hand is not waited for: whoever ends a case writes its
                # marks first, and the next look comes soon.
                free = connection.execute(
                    select(_CASE.id)
                    .where(_CASE.id == case.id, _CASE.closed.is_(None))
                    .with_for_update(skip_locked=True)
                ).first()
                if free is not None:
                    written += self._escalate_case(connection, case.id, station, account)
        return written

    def _due(self, case: CriticalCase, now: datetime) -> list[Mark]:
        known = {each.mark.number for each in case.escalations}
        # One that was declared, or taken before suspicions were kept, was opened all the same.
        seen = case.seen or case.opened
        passed = reached(self._rules.marks, case.since, now, seen=seen, received=case.received)
        return [
            mark
            for mark in passed
            if mark.number not in known
            and not (mark.number == UNOPENED and case.seen is None and case.opened is not None)
        ]

    def _escalate_case(
        self, connection: Connection, case_id: int, station: str, account: Account | None
    ) -> list[Escalation]:
        """The marks of one case, in the transaction that holds it."""
        case = whole_case(connection, case_id)
        now = self.now()
        written = []
        for mark in self._due(case, now):
            due = case.since + mark.after
            insertion = upsert(connection, schema.critical_escalation).values(
                case_id=case_id,
                mark=mark.number,
                due=due,
                at=now,
                told=MARK.dump_json(mark).decode(),
                station=station,
                account_id=None if account is None else account.id,
            )
            row = connection.execute(
                insertion.on_conflict_do_nothing(index_elements=["case_id", "mark"]).returning(
                    schema.critical_escalation.c.id
                )
            ).first()
            if row is None:
                continue
            written.append(Escalation(mark, due, now, station))
            self._record(
                _SERVICE if account is None else account.login,
                "critical.escalated",
                f"study:{case.study}",
                case=case_id,
                mark=mark.number,
                tells=str(mark.tells),
                station=station,
            )
        if written:
            self._database.touch(connection)
        return written

"""Suspicions of critical values: raised by screening, opened and judged by readers."""

from dataclasses import replace

from sqlalchemy import Connection, func, insert, select, update

from farlead.messages import Language, in_both, message
from farlead.model.critical import Finding, is_critical
from farlead.model.lives import CaseState, ReportState, StudyState
from farlead.model.people import Account
from farlead.model.report import Decision, Draft
from farlead.model.screening import Screening
from farlead.store import schema
from farlead.store.case_rows import SUSPICION
from farlead.store.columns import DRAFT, Fetched
from farlead.store.escalations import EscalationPart

_CASE, _FINDING, _STUDY = schema.critical_case.c, schema.critical_finding.c, schema.study.c

#: A suspicion about one of these asks somebody to look. What is reported has been looked at, with
#: what screening said in view; signed before it had said anything, the report is compared with it.
_TO_READ = (
    StudyState.WAITING, StudyState.CLAIMED, StudyState.CHECKED, StudyState.RETAKE_REQUESTED,
)  # fmt: skip


class SuspicionPart(EscalationPart):
    """From the screening that raises a suspicion to the reader who judges it."""

    def _note_seen(
        self, connection: Connection, study_id: int, account: Account, station: str
    ) -> None:
        """The first reader who opens it stops the mark for *opened by nobody*."""
        unseen = select(_CASE.id).where(
            _CASE.study_id == study_id, _CASE.closed.is_(None), _CASE.seen.is_(None)
        )
        case_id = connection.execute(unseen.with_for_update()).scalar()
        if case_id is None:
            return
        self._escalate_case(connection, case_id, station, account)
        connection.execute(
            update(schema.critical_case)
            .where(_CASE.id == case_id)
            .values(seen=self.now(), seen_by=account.id)
        )
        self._record(account.login, "critical.seen", f"study:{study_id}", case=case_id)
        self._database.touch(connection)

    def _suspect(self, connection: Connection, study_id: int, screening: Screening) -> None:
        """The clock starts with the first critical suggestion that no case covers yet."""
        raised = [
            Finding(flag.code, flag.text, flag.rule)
            for flag in screening.flags
            if is_critical(flag.severity)
        ]
        if raised and not _to_read(connection, study_id):
            raised = _signed_without(connection, study_id, screening, raised)
        if not raised:
            return
        covered = _raised_before(connection, study_id)
        new = [finding for finding in raised if finding.code not in covered]
        if not new:
            return
        running = running_case(connection, study_id)
        if running is None:
            self._begin_suspicion(connection, study_id, new)
        elif running.state == CaseState.SUSPECTED:
            known = SUSPICION.validate_json(running.suspicion)
            connection.execute(
                update(schema.critical_case)
                .where(_CASE.id == running.id)
                .values(suspicion=SUSPICION.dump_json((*known, *new)).decode())
            )

    def _begin_suspicion(
        self, connection: Connection, study_id: int, findings: list[Finding]
    ) -> None:
        case_id = connection.execute(
            insert(schema.critical_case)
            .values(
                study_id=study_id,
                state=str(CaseState.SUSPECTED),
                since=self.now(),
                suspicion=SUSPICION.dump_json(tuple(findings)).decode(),
            )
            .returning(_CASE.id)
        ).scalar_one()
        self._record(
            "service:screening",
            "critical.suspected",
            f"study:{study_id}",
            case=case_id,
            codes=", ".join(finding.code for finding in findings),
        )

    def _end_rejected(
        self, connection: Connection, study_id: int, reader: tuple[int, str], draft: Draft
    ) -> None:
        """A signed report that rejects all of a suspicion ends it: reader, time and grounds.

        With one suggestion left undecided it runs on. `reader` is the signer's id and log-in.
        """
        case = running_case(connection, study_id)
        if case is None or case.state != CaseState.SUSPECTED:
            return
        codes = [finding.code for finding in SUSPICION.validate_json(case.suspicion)]
        if any(draft.decisions.get(code) is not Decision.REJECTED for code in codes):
            return
        self._escalate_case(connection, case.id, "", None)
        connection.execute(
            update(schema.critical_case)
            .where(_CASE.id == case.id)
            .values(
                state=str(CaseState.NOT_CRITICAL),
                closed=self.now(),
                closed_by=reader[0],
                reason=_grounds(draft, codes),
            )
        )
        self._record(
            reader[1],
            "critical.closed",
            f"study:{study_id}",
            case=case.id,
            ending=str(CaseState.NOT_CRITICAL),
        )


def running_case(connection: Connection, study_id: int) -> Fetched | None:
    """The case of a study that nobody has ended, locked until the transaction ends."""
    return connection.execute(
        select(_CASE.id, _CASE.state, _CASE.suspicion)
        .where(_CASE.study_id == study_id, _CASE.closed.is_(None))
        .with_for_update()
    ).one_or_none()


def _to_read(connection: Connection, study_id: int) -> bool:
    state = connection.execute(select(_STUDY.state).where(_STUDY.id == study_id)).scalar_one()
    return StudyState(state) in _TO_READ


def _signed_without(
    connection: Connection, study_id: int, screening: Screening, raised: list[Finding]
) -> list[Finding]:
    """What the first screening raises and the report that was signed before it does not name.

    A statement of the report counts, not its free text, which nobody can judge by machine.
    """
    screened, report = schema.screening.c, schema.report.c
    results = select(func.count()).where(screened.study_id == study_id)
    if connection.execute(results).scalar_one() > 1:
        return []
    signed = connection.execute(
        select(report.draft).where(report.study_id == study_id, report.state == ReportState.FINAL)
    ).scalar()
    if signed is None:
        return []
    draft = DRAFT.validate_json(signed)
    said = {line.code for line in draft.statements}
    named = {flag.code for flag in screening.flags if flag.statement in said}
    return [
        replace(each, text=message("critical.signed_before", **in_both("finding", each.text)))
        for each in raised
        if each.code not in named and each.code not in draft.decisions
    ]


def _raised_before(connection: Connection, study_id: int) -> set[str]:
    """Codes that a case of the study is or was about."""
    taken = connection.execute(
        select(_FINDING.code)
        .join(schema.critical_case, _CASE.id == _FINDING.case_id)
        .where(_CASE.study_id == study_id)
    )
    suspected = connection.execute(select(_CASE.suspicion).where(_CASE.study_id == study_id))
    raised = {f.code for kept in suspected.scalars() for f in SUSPICION.validate_json(kept)}
    return raised | set(taken.scalars())


def _grounds(draft: Draft, codes: list[str]) -> str:
    """Why the suggestions were rejected, in both languages: it is read at other stations too."""
    grounds = dict.fromkeys(draft.grounds[code] for code in codes if code in draft.grounds)
    told = [message(f"desk.ground.{ground}") for ground in grounds] or [
        message("critical.rejected")
    ]
    return " / ".join(
        "；".join(each.text(language) for each in told) for language in (Language.ZH, Language.EN)
    )

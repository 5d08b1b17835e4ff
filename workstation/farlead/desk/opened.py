"""A study opened for reading, and the rules of what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from farlead.desk.contents import Content, Unreadable
from farlead.desk.writing import contradicted
from farlead.messages import Message, message
from farlead.model.outage import Offered
from farlead.model.report import Decision, Draft, ReportVersion
from farlead.model.review import Remark, Review
from farlead.model.screening import Flag, Quality
from farlead.model.study import ScreeningState, Severity, Study
from farlead.model.worklist import Row
from farlead.reporting.statements import Catalogue, catalogue


@dataclass(frozen=True, slots=True, eq=False)
class OpenStudy:
    """Everything that reading a study needs.

    Parameters
    ----------
    row : Row
        With the study's objects.
    contents : tuple of Recording or ImageStudy
        What could be read; the recording that screening measured stands first.
    draft : Draft
        What has been written so far, by whomever; empty when nothing was.
    report : ReportVersion or None
        The latest signed version.
    earlier : tuple of Study
        Earlier studies of the same patient, the newest first.
    failure : Message or None
        Why nothing of the study can be shown.
    unreadable : tuple of Unreadable
        Objects that cannot be shown, each with its reason.
    review : Review or None
        The second signature that the report waits for.
    basis : ReportVersion or None
        The version that is reviewed or amended; the draft is compared with it.
    remarks : tuple of Remark
        Why the draft was sent back by the second reader.
    offered : tuple of Offered
        What others wrote about it while the database was away, the newest first.
    """

    row: Row
    contents: tuple[Content, ...]
    draft: Draft
    report: ReportVersion | None = None
    earlier: tuple[Study, ...] = ()
    failure: Message | None = None
    unreadable: tuple[Unreadable, ...] = ()
    review: Review | None = None
    basis: ReportVersion | None = None
    remarks: tuple[Remark, ...] = ()
    offered: tuple[Offered, ...] = ()


class Shown(Protocol):
    """The part of an opened study by which it is decided what may be done with it."""

    @property
    def row(self) -> Row:
        """Its row of the list, with its objects."""

    @property
    def contents(self) -> Sequence[Content]:
        """What could be read."""

    @property
    def failure(self) -> Message | None:
        """Why nothing can be shown."""


def unread(shown: Shown) -> int:
    """Number of objects that could not be read."""
    return len(shown.row.study.objects) - len(shown.contents)


def why_nothing(
    row: Row, contents: tuple[Content, ...], bad: tuple[Unreadable, ...]
) -> Message | None:
    """Why there is nothing to show; None when there is something."""
    if row.study.quarantine is not None:
        return row.study.quarantine
    if contents:
        return None
    return bad[0].reason if bad else message("desk.no_objects", number=row.study.number)


def may_accept_all(shown: Shown) -> bool:
    """Whether one key may accept all suggestions.

    Only where all are remarks or there are none, the signal is fit, nothing is unknown, every
    object can be read, and the document speaks of one patient.
    """
    row = shown.row
    found = row.screening
    return (
        shown.failure is None
        and unread(shown) == 0
        and row.screening_state is ScreeningState.DONE
        and found is not None
        and found.known
        and found.quality is Quality.FIT
        and all(flag.severity <= Severity.REMARK for flag in found.flags)
        and not row.study.identity_conflict
    )


def undecided(row: Row, draft: Draft) -> tuple[Flag, ...]:
    """Critical and urgent suggestions that the reader has neither accepted nor rejected."""
    flags = row.screening.flags if row.screening else ()
    return tuple(
        flag
        for flag in flags
        if flag.severity >= Severity.URGENT and flag.code not in draft.decisions
    )


def ungrounded(row: Row, draft: Draft) -> tuple[Flag, ...]:
    """Critical and urgent suggestions that were rejected without saying why."""
    flags = row.screening.flags if row.screening else ()
    return tuple(
        flag
        for flag in flags
        if flag.severity >= Severity.URGENT
        and draft.decisions.get(flag.code) is Decision.REJECTED
        and flag.code not in draft.grounds
    )


def blocked_by(shown: Shown, draft: Draft, listed: Catalogue | None = None) -> Message | None:
    """Why this draft of this study cannot be signed; None when it can.

    `listed` is the catalogue with the hospital's own statements; None: the one that ships.
    """
    row = shown.row
    if shown.failure is not None:
        return message("desk.nothing_seen", number=row.study.number)
    if unread(shown):
        total = len(row.study.objects)
        return message("desk.incomplete", count=unread(shown), total=total)
    if row.study.identity_conflict:
        return message("store.identity_conflict")
    left = undecided(row, draft)
    if left:
        return message("desk.undecided", count=len(left))
    unsaid = ungrounded(row, draft)
    if unsaid:
        return message("desk.ungrounded", count=len(unsaid))
    if not (draft.statements or draft.findings.strip() or draft.conclusion.strip()):
        return message("desk.nothing_written")
    return contradicted(listed or catalogue(), shown, draft)

"""Dealing: the program says who reads what next, so that nobody leaves the hard ones."""

from collections.abc import Sequence
from datetime import datetime

from farlead.model.lives import StudyState
from farlead.model.people import Account
from farlead.model.study import Severity
from farlead.model.worklist import Row, severity


def dealt(
    rows: Sequence[Row],
    account: Account,
    passed: frozenset[int],
    now: datetime,
    *,
    most_checked: int,
) -> list[int]:
    """Studies for this reader, the one to be dealt first in front.

    Parameters
    ----------
    rows : sequence of Row
        The list in its order, with what this reader has in hand.
    passed : frozenset of int
        Studies that he passed on a while ago: they come last.
    most_checked : int
        With so many reports waiting for his signature only urgent studies are dealt to him.

    Notes
    -----
    First what he holds already, from whatever station: his drafts follow him. Then by the order
    of the list, of the kinds that he reads.
    """
    own = [r for r in rows if r.claim is not None and r.claim.account == account.id]
    free = [
        row
        for row in rows
        if row.study.state is StudyState.WAITING and account.reads(row.study.kind)
    ]
    if _checked(rows) >= most_checked:
        free = [row for row in free if severity(row, now) >= Severity.URGENT]
    last = sorted(free, key=lambda row: row.study.id in passed)
    return [row.study.id for row in (*own, *last)]


def _checked(rows: Sequence[Row]) -> int:
    return sum(row.study.state is StudyState.CHECKED for row in rows)

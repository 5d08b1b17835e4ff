"""What is searched for among all studies, and one page of what is found."""

from dataclasses import dataclass
from datetime import datetime

from farlead.model.lives import StudyState
from farlead.model.worklist import Row

#: Rows of a page unless told otherwise, and at most.
PAGE, LARGEST_PAGE = 50, 200


@dataclass(frozen=True, slots=True)
class SearchMark:
    """Where a page ends: the next one begins with what arrived before."""

    arrived: datetime
    study: int


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What must be true of a study; what is left out is not asked.

    Parameters
    ----------
    patient : str
        The patient's name or a part of it, local number, accession or study number by their
        beginnings, national identity or health-card number whole or masked. Each word must fit.
    unit : str or None
        Code of the unit.
    begin, end : datetime or None
        Of arrival, aware; `end` is not included.
    reader : str
        Log-in, or the beginning of the name: who signed, reviewed or holds the study.
    states : tuple of StudyState
        Any of these; empty is all.
    finding : str
        A statement as it is typed in a report: words, pinyin initials or its code. Screening
        has suggested it, or a signed report in force says it.
    limit : int
        Rows of the page, 1 to :data:`LARGEST_PAGE`.
    after : SearchMark or None
        The end of the page before (:attr:`SearchPage.more`).
    """

    patient: str = ""
    unit: str | None = None
    begin: datetime | None = None
    end: datetime | None = None
    reader: str = ""
    states: tuple[StudyState, ...] = ()
    finding: str = ""
    limit: int = PAGE
    after: SearchMark | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """Names of the fields that narrow the search: what an audit may say of it."""
        names = ("patient", "unit", "begin", "end", "reader", "states", "finding")
        return tuple(name for name in names if getattr(self, name) not in (None, "", ()))


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Studies found, the latest arrival first.

    Parameters
    ----------
    rows : tuple of Row
        In whatever state they are, as the list shows them.
    more : SearchMark or None
        Where the next page begins; None when this was the last one.
    taken : datetime
        When they were read.
    findings : tuple of str
        Codes of the statements that the typed finding stands for.
    """

    rows: tuple[Row, ...]
    more: SearchMark | None
    taken: datetime
    findings: tuple[str, ...] = ()

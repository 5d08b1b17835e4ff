"""What a report is written with: statements, their qualified forms, templates, contradictions."""

from typing import Protocol

from farlead.messages import Message, in_both, message
from farlead.model.moved import as_left
from farlead.model.phrases import BLANK, Template
from farlead.model.report import Draft, Statement
from farlead.model.screening import Flag
from farlead.model.study import Kind, Study
from farlead.model.worklist import Row
from farlead.reporting.statements import (
    Catalogue,
    CatalogueEntry,
    Contradiction,
    Person,
    catalogue,
    contradictions,
)
from farlead.reporting.statements.templates import templates
from farlead.settings import Settings


class Rowed(Protocol):
    """The part of an opened study that its report is checked against."""

    @property
    def row(self) -> Row:
        """Its row of the list."""


class WritingDesk:
    """The part of a desk that offers what is written; nothing here touches the store.

    Parameters
    ----------
    settings : Settings
        Names the hospital's own statements.
    """

    def __init__(self, settings: Settings) -> None:
        self._catalogue = catalogue(settings.statement_file)

    def statements(
        self, query: str, limit: int = 8, kind: Kind | None = None
    ) -> list[CatalogueEntry]:
        """Catalogue entries for what is typed, the best first; of this kind of study only."""
        return self._catalogue.find(query, limit, kind)

    def templates(self, query: str, limit: int, kind: Kind) -> list[Template]:
        """Templates for what is typed, the best first; of this kind of study only."""
        return templates().find(query, limit, kind)

    def variants(self, line: Statement) -> tuple[Statement, ...]:
        """A line as the catalogue has it, then in each way in which it can be qualified."""
        return self._catalogue.variants(line)

    def suggestion_statement(self, flag: Flag) -> Statement | None:
        """The line that accepting a suggestion adds; None when it adds none."""
        if flag.statement is None:
            return None
        return self._catalogue.entry(flag.statement).statement(suggested=True)

    def contradictions(self, open_study: Rowed, draft: Draft) -> tuple[Contradiction, ...]:
        """What does not fit in a draft and has not been overruled, the first one first."""
        return unresolved(self._catalogue, open_study, draft)


def unresolved(listed: Catalogue, shown: Rowed, draft: Draft) -> tuple[Contradiction, ...]:
    """What does not fit in a draft, without what the reader lets stand."""
    screening = as_left(shown.row.screening, draft)
    found = contradictions(listed, draft.statements, screening, person(shown.row.study))
    open_ = tuple(each for each in found if not draft.overruled.get(each.key, "").strip())
    blank = BLANK in f"{draft.findings}{draft.conclusion}"
    return (
        (*open_, Contradiction("text/blank", message("desk.blank"), may_stand=False))
        if blank
        else open_
    )


def contradicted(listed: Catalogue, shown: Rowed, draft: Draft) -> Message | None:
    """Why a contradiction stops the signature; None when none does."""
    found = unresolved(listed, shown, draft)
    if not found:
        return None
    first = found[0]
    if not first.may_stand:
        return first.told
    return message("desk.contradiction", count=len(found), **in_both("what", first.told))


def person(study: Study) -> Person:
    """Sex and age of whom a study is, on the day on which it was made."""
    age = study.patient.age_at((study.acquired or study.arrived).date())
    return Person(study.patient.sex, age)

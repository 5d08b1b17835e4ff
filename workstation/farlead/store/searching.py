"""Finding studies again among all that there ever were."""

from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    desc,
    literal,
    or_,
    select,
    tuple_,
    union,
)

from farlead.model.lives import ReportState
from farlead.model.search import LARGEST_PAGE, SearchMark, SearchPage, SearchQuery
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.deliveries import brought
from farlead.store.rows import list_rows, read_rows
from farlead.store.words import studies_with

_STUDY = schema.study.c
_IN_FORCE = (str(ReportState.FIRST_SIGNED), str(ReportState.FINAL))


class SearchPart(Base):
    """Search by patient, unit, time, reader, state and finding."""

    def search(self, query: SearchQuery, findings: Sequence[str] = ()) -> SearchPage:
        """One page of the studies for which everything that is asked is true.

        Parameters
        ----------
        query : SearchQuery
        findings : sequence of str
            Codes for which the query's finding stands; where it asks for one and there is no
            code, nothing is found.
        """
        most = min(max(query.limit, 1), LARGEST_PAGE)
        wanted = select(_STUDY.id, _STUDY.arrived).where(*_conditions(query, findings))
        newest = wanted.order_by(desc(_STUDY.arrived), desc(_STUDY.id)).limit(most + 1)
        with self._read() as connection:
            found = connection.execute(newest).all()
            shown = [row.id for row in found[:most]]
            rows = read_rows(
                connection, connection.execute(list_rows().where(_STUDY.id.in_(shown))).all()
            )
            stand = brought(connection, shown)
            last = found[most - 1] if len(found) > most else None
            return SearchPage(
                tuple(replace(rows[study][0], brought=stand.get(study)) for study in shown),
                None if last is None else SearchMark(last.arrived, last.id),
                self.now(),
                tuple(findings),
            )


def _conditions(query: SearchQuery, findings: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    if query.unit is not None:
        yield _STUDY.unit_code == query.unit
    if query.begin is not None:
        yield _STUDY.arrived >= query.begin
    if query.end is not None:
        yield _STUDY.arrived < query.end
    if query.states:
        yield _STUDY.state.in_([str(state) for state in query.states])
    if query.after is not None:
        columns = (_STUDY.arrived, _STUDY.id)
        end = (literal(v, c.type) for v, c in zip(astuple(query.after), columns, strict=True))
        yield tuple_(*columns) < tuple_(*end)
    for word in query.patient.split():
        yield _STUDY.id.in_(studies_with(word))
    if query.reader.strip():
        yield _STUDY.id.in_(_read_by(query.reader.strip()))
    if query.finding.strip():
        yield _STUDY.id.in_(_with_finding(findings))


def _read_by(reader: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Studies that somebody of this name has signed or reviewed, or holds."""
    c, report, review = schema.account.c, schema.report.c, schema.review.c
    named = select(c.id).where(or_(c.login == reader, c.name.startswith(reader, autoescape=True)))
    return union(
        select(report.study_id).where(report.signer_id.in_(named)),
        select(review.study_id).where(review.reviewer_id.in_(named)),
        select(schema.claim.c.study_id).where(schema.claim.c.account_id.in_(named)),
    )


def _with_finding(codes: Sequence[str]) -> CompoundSelect[*tuple[Any, ...]]:
    """Studies of which the newest screening or the report in force says one of these."""
    said, suggested, report = schema.report_finding.c, schema.screening_finding.c, schema.report.c
    return union(
        select(report.study_id)
        .join(schema.report_finding, said.report_id == report.id)
        .where(said.code.in_(codes), report.state.in_(_IN_FORCE)),
        select(_STUDY.id)
        .join(schema.screening_finding, suggested.screening_id == _STUDY.screening_id)
        .where(suggested.code.in_(codes)),
    )

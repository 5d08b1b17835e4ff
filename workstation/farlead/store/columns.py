"""Column types: times in UTC, and the values of the model as JSON.

What is read back is checked by pydantic, so a row that was damaged is an error, not a guess.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from pydantic import TypeAdapter
from sqlalchemy import DateTime, Row, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from farlead.messages import Message, Parameter
from farlead.model.detail import Detail as ScreeningDetail
from farlead.model.order import Found as OrderFound
from farlead.model.order import Order
from farlead.model.people import Patient
from farlead.model.report import Asked, Draft
from farlead.model.review import Remark
from farlead.model.screening import Screening
from farlead.model.study import Request

#: A row, or a selection of rows, whose columns are known by name only.
Fetched: TypeAlias = Row[*tuple[Any, ...]]
Selection: TypeAlias = Select[*tuple[Any, ...]]


class UtcTime(TypeDecorator[datetime]):
    """An aware time; stored in UTC, read back aware, in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database; ValueError for a time without zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone cannot be stored: {value}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base class's signature
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: What an order was compared with: study, by what it was found, in what the two differ.
FOUND = TypeAdapter(tuple[tuple[int, OrderFound, tuple[str, ...]], ...])

#: What may stand beside an audit entry: no patient data.
Detail = Mapping[str, Parameter | bool | None]

ASKED = TypeAdapter(Asked)
DRAFT = TypeAdapter(Draft)
MESSAGE = TypeAdapter(Message)
ORDER = TypeAdapter(Order)
PATIENT = TypeAdapter(Patient)
REMARKS = TypeAdapter(tuple[Remark, ...])
REQUEST = TypeAdapter(Request)
SCREENING = TypeAdapter(Screening)
SCREENING_DETAIL = TypeAdapter(ScreeningDetail)

"""What a system states about a request, checked as a request that comes as a file is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from farlead.errors import InvalidRequest, OrderRefused
from farlead.exchange.intake.request import Requested, read_request
from farlead.messages import message
from farlead.model.order import Order
from farlead.model.people import Patient
from farlead.model.study import Kind
from farlead.model.text import plain

#: A number of an order is a number, not a text.
_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Stated:
    """One request in the words of docs/request-sidecar.md, with its numbers as an order.

    `request` and `patient` hold only what is stated; times are ISO 8601.
    """

    placer: str
    filler: str
    request: Mapping[str, object]
    patient: Mapping[str, object]
    requested: datetime | None = None
    kind: Kind | None = None


def order_of(stated: Stated, unit: str, today: date) -> Order:
    """The order; OrderRefused names what is wrong or missing."""
    asked = _checked(stated.request, stated.patient, today)
    placer, filler = (_number(each) for each in (stated.placer, stated.filler))
    made = Order(unit, placer, filler, asked.patient, asked.request, stated.requested, stated.kind)
    if not made.number:
        raise OrderRefused(message("orders.no_number"))
    return made


def patient_of(stated: Mapping[str, object], today: date) -> Patient:
    """The patient; OrderRefused names what is wrong."""
    return _checked({}, stated, today).patient


def _checked(
    request: Mapping[str, object], patient: Mapping[str, object], today: date
) -> Requested:
    """As a request file is checked."""
    document = {
        **{name: value for name, value in request.items() if value},
        "patient": {name: value for name, value in patient.items() if value},
    }
    try:
        return read_request(json.dumps(document, ensure_ascii=False).encode(), today)
    except InvalidRequest as error:
        cause = error.reason.parameters.get("cause", "–")
        raise OrderRefused(message("orders.wrong", field=error.field, cause=cause)) from error
    except UnicodeEncodeError as error:  # half of a character, as JSON may spell one
        raise OrderRefused(
            message("orders.wrong", field="–", cause="@intake.why.no_text")
        ) from error


def _number(stated: str) -> str | None:
    number = plain(stated)
    if len(number) > _LONGEST:
        raise OrderRefused(message("orders.wrong", field="number", cause="@intake.why.too_long"))
    return number or None

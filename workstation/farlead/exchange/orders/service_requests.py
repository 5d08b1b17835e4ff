"""Orders of a FHIR R4 server: ServiceRequests of the last days, page by page.

References
----------
FHIR R4: ServiceRequest (search parameters ``authored``, ``category``, ``code``), Bundle
(links), request-status and request-priority.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from farlead.clients.http import Http
from farlead.errors import OrderRefused, PeerFailed
from farlead.exchange.orders.stating import Stated, order_of
from farlead.messages import Message, message
from farlead.model.national_id import has_shape
from farlead.model.order import Order
from farlead.peers import OrderService
from farlead.settings import Clock

#: Pages that one look follows.
MOST = 200
_LONGEST = 1 << 24
_OVER = frozenset({"revoked", "entered-in-error"})
_IGNORED = frozenset({"draft", "unknown"})
_PRIORITIES = {
    "stat": "emergency", "asap": "urgent", "urgent": "urgent", "routine": "routine", "": "routine",
}  # fmt: skip
_SEXES = {"male": "M", "female": "F", "other": "O", "unknown": "U", "": ""}


class Revoked:
    """An order that is over: said by its status."""

    def __init__(self, order: Order) -> None:
        self.order = order


class ServiceRequests:
    """One server; a `Listed` of :mod:`farlead.exchange.orders.polling`.

    Parameters
    ----------
    settings : OrderService
    folder : Path
        Against which relative paths of certificates and passwords count.
    clock : callable
    """

    def __init__(self, settings: OrderService, folder: Path, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.name = settings.name
        self._http = Http(
            settings.name,
            settings.url,
            folder,
            user=settings.user,
            password=settings.password,
            tls=settings.tls,
            timeout=settings.timeout_seconds,
            most_bytes=_LONGEST,
        )

    def listed(self) -> Iterator[Order | Revoked | Message]:
        """Every order of the last days; for one that is wrong, what is wrong.

        Raises
        ------
        PeerFailed
            It does not answer, or answers wrongly.
        """
        today = self._clock().astimezone().date()
        resources: dict[str, dict[str, Any]] = {}
        requests: list[dict[str, Any]] = []
        for bundle in self._pages(today):
            for each in _resources(bundle):
                resources[f"{each.get('resourceType')}/{each.get('id')}"] = each
                if each.get("resourceType") == "ServiceRequest":
                    requests.append(each)
        for each in requests:
            yield from self._said(each, resources, today)

    def test(self) -> None:
        """The capability statement."""
        self._http.get("metadata", accept="application/fhir+json").json()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _said(
        self, request: dict[str, Any], known: Mapping[str, dict[str, Any]], today: date
    ) -> Iterator[Order | Revoked | Message]:
        status = _text(request, "status")
        if status in _IGNORED:
            return
        try:
            order = order_of(stated(request, known, self._settings), self._settings.unit, today)
        except OrderRefused as error:
            yield error.reason
        else:
            yield Revoked(order) if status in _OVER else order

    def _pages(self, today: date) -> Iterator[dict[str, Any]]:
        first = today - timedelta(days=self._settings.days)
        query = [
            f"authored=ge{first.isoformat()}",
            "_include=ServiceRequest:subject",
            "_include=ServiceRequest:requester",
            f"_count={self._settings.page}",
        ]
        narrowed = {"category": self._settings.category, "code": self._settings.code}
        query += [f"{name}={quote(only, safe='')}" for name, only in narrowed.items() if only]
        path = "ServiceRequest?" + "&".join(query)
        for _ in range(MOST):
            bundle = self._http.get(path, accept="application/fhir+json").json()
            if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
                raise PeerFailed(message("orders.no_bundle", peer=self.name))
            yield bundle
            following = _next(bundle)
            if following is None:
                return
            root = self._settings.url.rstrip("/")
            if not following.startswith((f"{root}/", f"{root}?")):
                raise PeerFailed(message("orders.elsewhere", peer=self.name))
            path = following
        raise PeerFailed(message("orders.endless", peer=self.name, limit=MOST))


def stated(
    request: dict[str, Any], known: Mapping[str, dict[str, Any]], settings: OrderService
) -> Stated:
    """What one ServiceRequest says; OrderRefused for a word that says nothing to us."""
    patient = _referred(request, "subject", known)
    doctor = _referred(request, "requester", known)
    priority = _PRIORITIES.get(_text(request, "priority"))
    sex = _SEXES.get(_text(patient, "gender"))
    if priority is None or sex is None:
        field = "priority" if priority is None else "patient.sex"
        raise OrderRefused(message("orders.wrong", field=field, cause="@intake.why.not_listed"))
    numbers = _identifiers(request)
    codes = [_text(each, "code") for each in _list(_dict(request, "code"), "coding")]
    return Stated(
        placer=numbers.get("PLAC") or numbers.get("") or _text(request, "id"),
        filler=numbers.get("FILL", ""),
        request={
            "priority": priority,
            "clinical_question": _question(request),
            "requesting_doctor": _name(doctor) or _text(_dict(request, "requester"), "display"),
            "callback_number": _phone(doctor),
            "accession": numbers.get("ACSN", ""),
        },
        patient={
            "name": _name(patient) or _text(_dict(request, "subject"), "display"),
            **_numbers(patient),
            "sex": sex,
            "birth_date": _text(patient, "birthDate")
            if len(_text(patient, "birthDate")) == len("2026-11-22")
            else "",
        },
        requested=_moment(_text(request, "occurrenceDateTime"))
        or _moment(_text(_dict(request, "occurrencePeriod"), "start"))
        or _moment(_text(request, "authoredOn")),
        kind=next((settings.kinds[code] for code in codes if code in settings.kinds), None),
    )


def _question(request: dict[str, Any]) -> str:
    said = [_concept(each) for each in _list(request, "reasonCode")]
    said += [_text(each, "text") for each in _list(request, "note")]
    return "；".join(dict.fromkeys(text for text in said if text))


def _concept(concept: dict[str, Any]) -> str:
    return _text(concept, "text") or next(
        (text for each in _list(concept, "coding") if (text := _text(each, "display"))), ""
    )


def _identifiers(resource: dict[str, Any]) -> dict[str, str]:
    """Values by the code of their type (table 0203), "" where there is none; the first counts."""
    found: dict[str, str] = {}
    for each in _list(resource, "identifier"):
        codes = [_text(coding, "code") for coding in _list(_dict(each, "type"), "coding")]
        for code in codes or [""]:
            found.setdefault(code, _text(each, "value"))
    return found


def _numbers(patient: dict[str, Any]) -> dict[str, str]:
    numbers = _identifiers(patient)
    national = next(
        (v for code, v in numbers.items() if code == "NI" or (code[:2] == "NN" and len(code) == 5)),
        "",
    )
    untyped = numbers.get("", "")
    if not national and has_shape(untyped.upper()):
        national, untyped = untyped, ""
    return {
        "national_id": national,
        "local_number": numbers.get("MR") or numbers.get("PI") or numbers.get("PT") or untyped,
        "health_card": numbers.get("HC") or numbers.get("JHN") or "",
    }


def _name(person: dict[str, Any]) -> str:
    names = []
    for each in _list(person, "name"):
        given = each.get("given")
        parts = [_text(each, "family"), *(given if isinstance(given, list) else ())]
        shown = [part for part in parts if isinstance(part, str) and part]
        joined = (" " if "".join(shown).isascii() else "").join(shown)
        names.append(_text(each, "text") or joined)
    return next((name for name in names if not name.isascii()), next(iter(names), ""))


def _phone(person: dict[str, Any]) -> str:
    numbers = [
        _text(each, "value") for each in _list(person, "telecom") if each.get("system") == "phone"
    ]
    return next(iter(numbers), "")


def _referred(
    request: dict[str, Any], name: str, known: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """A resource that came along: contained in the request, or included in the bundle."""
    reference = _text(_dict(request, name), "reference")
    if reference.startswith("#"):
        contained = (each for each in _list(request, "contained"))
        return next((each for each in contained if f"#{each.get('id')}" == reference), {})
    return known.get("/".join(reference.split("/")[-2:]), {})


def _resources(bundle: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for entry in _list(bundle, "entry"):
        if resource := _dict(entry, "resource"):
            yield resource


def _next(bundle: dict[str, Any]) -> str | None:
    return next(
        (_text(each, "url") for each in _list(bundle, "link") if each.get("relation") == "next"),
        None,
    )


def _text(resource: dict[str, Any], name: str) -> str:
    value = resource.get(name)
    return value if isinstance(value, str) else ""


def _dict(resource: dict[str, Any], name: str) -> dict[str, Any]:
    value = resource.get(name)
    return value if isinstance(value, dict) else {}


def _list(resource: dict[str, Any], name: str) -> list[dict[str, Any]]:
    value = resource.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return None

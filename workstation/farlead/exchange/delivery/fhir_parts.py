"""What every FHIR bundle of ours is made of: entries, subjects, times.

References
----------
FHIR R4: http.html#transaction, http.html#ccreate, http.html#cond-update.
"""

from datetime import datetime
from typing import TypeAlias

from farlead.model.study import Study

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

URN = "urn:ietf:rfc:3986"
NUMBERS = "urn:farlead:study-number"
OWN_CODES = "urn:farlead:code"
_LOCAL = "urn:farlead:unit"


def identified(uid: str) -> str:
    """Identifier as a search takes it."""
    return f"{URN}|urn:oid:{uid}"


def created(uid: str, resource: dict[str, Json]) -> dict[str, Json]:
    """Entry of a resource that is made once: only if none with its identifier exists."""
    kind = str(resource["resourceType"])
    request: dict[str, Json] = {
        "method": "POST",
        "url": kind,
        "ifNoneExist": f"identifier={identified(uid)}",
    }
    return _entry(uid, resource, request)


def updated(uid: str, resource: dict[str, Json]) -> dict[str, Json]:
    """Entry of a resource that takes the place of what there is with its identifier."""
    url = f"{resource['resourceType']}?identifier={identified(uid)}"
    return _entry(uid, resource, {"method": "PUT", "url": url})


def transaction(entries: list[dict[str, Json]]) -> dict[str, Json]:
    """All of it or nothing."""
    listed: list[Json] = [*entries]
    return {"resourceType": "Bundle", "type": "transaction", "entry": listed}


def own_code(code: str, text: str) -> dict[str, Json]:
    """A concept of ours."""
    return {"coding": [{"system": OWN_CODES, "code": code}], "text": text}


def subject(unit: str, local_number: str | None, name: str | None) -> dict[str, Json]:
    """The patient, by the unit's own number."""
    made: dict[str, Json] = {"type": "Patient", "display": name or "–"}
    if local_number:
        made["identifier"] = {"system": f"{_LOCAL}:{unit}", "value": local_number}
    return made


def subject_of(study: Study) -> dict[str, Json]:
    """The patient of a study."""
    return subject(study.unit.code, study.patient.local_number, study.patient.name)


def numbered(number: str) -> Json:
    """Identifier of a study by its number."""
    return {"system": NUMBERS, "value": number}


def zoned(moment: datetime | None) -> str | None:
    """A time as FHIR takes it: with its zone; the day alone where that is not known."""
    if moment is None:
        return None
    return moment.isoformat() if moment.tzinfo else moment.date().isoformat()


def _entry(uid: str, resource: dict[str, Json], request: dict[str, Json]) -> dict[str, Json]:
    further = resource.pop("identifier", [])
    listed: list[Json] = [
        {"system": URN, "value": f"urn:oid:{uid}"},
        *(further if isinstance(further, list) else []),
    ]
    return {
        "fullUrl": f"urn:oid:{uid}",
        "resource": {**resource, "identifier": listed},
        "request": request,
    }

"""The report as a FHIR R4 transaction: DiagnosticReport, Observations, the signed PDF.

Every resource is created only if none with its identifier exists, so a repeat of the same delivery
creates nothing. A correction is a report of its own with status ``corrected`` that keeps the
study's identifier.

References
----------
FHIR R4: http.html#transaction, http.html#ccreate, diagnosticreport.html, observation.html,
documentreference.html.
"""

import base64
import hashlib
from datetime import datetime
from typing import TypeAlias

from farlead.exchange.delivery.coded import (
    LOINC,
    UCUM,
    document_code,
    measurements,
    statement_lines,
)
from farlead.exchange.delivery.parcel import Parcel

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_URN = "urn:ietf:rfc:3986"
_NUMBERS = "urn:farlead:study-number"
_LOCAL = "urn:farlead:unit"
_OWN_CODES = "urn:farlead:measurement"


def bundle(parcel: Parcel) -> dict[str, Json]:
    """The transaction; the same for the same delivery, however often it is made."""
    made = [
        (f"value-{made.name}", _observation(parcel, made.name, made.value, made.unit, made.code))
        for made in measurements(parcel.said)
    ]
    observations = [_entry(parcel, what, resource) for what, resource in made]
    document = _entry(parcel, "document", _document(parcel))
    results: list[Json] = [{"reference": entry["fullUrl"]} for entry in observations]
    report = _entry(parcel, "report", _report(parcel, results))
    entries: list[Json] = [*observations, document, report]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def report_identifier(parcel: Parcel) -> str:
    """Identifier by which the report can be asked for afterwards."""
    return f"{_URN}|urn:oid:{parcel.uid('report')}"


def _entry(parcel: Parcel, what: str, resource: dict[str, Json]) -> dict[str, Json]:
    uid = f"urn:oid:{parcel.uid(what)}"
    identifier: dict[str, Json] = {"system": _URN, "value": uid}
    further = resource.pop("identifier", [])
    listed: list[Json] = [identifier, *(further if isinstance(further, list) else [])]
    return {
        "fullUrl": uid,
        "resource": {**resource, "identifier": listed},
        "request": {
            "method": "POST",
            "url": str(resource["resourceType"]),
            "ifNoneExist": f"identifier={_URN}|{uid}",
        },
    }


def _report(parcel: Parcel, results: list[Json]) -> dict[str, Json]:
    said = parcel.said
    code, display = document_code(said)
    category = "EC" if said.kind == "ecg" else "RAD"
    conclusion = "\n".join([*statement_lines(said), said.conclusion]).strip()
    report: dict[str, Json] = {
        "resourceType": "DiagnosticReport",
        "identifier": [{"system": _NUMBERS, "value": parcel.study.number}],
        "status": "corrected" if parcel.corrects else "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v2-0074",
                        "code": category,
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "subject": _subject(parcel),
        "performer": [{"display": said.hospital}],
        "resultsInterpreter": [{"display": said.author}],
        "result": results,
        "conclusion": conclusion,
        "presentedForm": [_attachment(parcel)],
    }
    if (signed := parcel.report.signed) is not None:
        report["issued"] = signed.isoformat(timespec="milliseconds")
    if (acquired := _zoned(said.acquired)) is not None:
        report["effectiveDateTime"] = acquired
    if said.study_uid:
        report["imagingStudy"] = [
            {
                "identifier": {
                    "system": "urn:dicom:uid",
                    "value": f"urn:oid:{said.study_uid}",
                }
            }
        ]
    if said.accession:
        report["basedOn"] = [{"identifier": {"value": said.accession}}]
    return report


def _observation(
    parcel: Parcel, name: str, value: float, unit: str, code: str | None
) -> dict[str, Json]:
    coding: dict[str, Json] = (
        {"system": LOINC, "code": code} if code else {"system": _OWN_CODES, "code": name}
    )
    made: dict[str, Json] = {
        "resourceType": "Observation",
        "status": "corrected" if parcel.corrects else "final",
        "code": {"coding": [coding], "text": name},
        "subject": _subject(parcel),
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
    }
    if (acquired := _zoned(parcel.said.acquired)) is not None:
        made["effectiveDateTime"] = acquired
    return made


def _document(parcel: Parcel) -> dict[str, Json]:
    code, display = document_code(parcel.said)
    document: dict[str, Json] = {
        "resourceType": "DocumentReference",
        "status": "current",
        "docStatus": "amended" if parcel.corrects else "final",
        "type": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "subject": _subject(parcel),
        "content": [{"attachment": _attachment(parcel)}],
    }
    if (signed := parcel.report.signed) is not None:
        document["date"] = signed.isoformat(timespec="milliseconds")
    return document


def _attachment(parcel: Parcel) -> dict[str, Json]:
    return {
        "contentType": "application/pdf",
        "data": base64.b64encode(parcel.pdf).decode("ascii"),
        "hash": base64.b64encode(hashlib.sha1(parcel.pdf).digest()).decode("ascii"),  # noqa: S324 - FHIR's own choice; the signature protects
        "size": len(parcel.pdf),
        "title": f"{parcel.name}.pdf",
    }


def _subject(parcel: Parcel) -> dict[str, Json]:
    said = parcel.said
    subject: dict[str, Json] = {"type": "Patient", "display": said.patient or "–"}
    if said.local_number:
        system = f"{_LOCAL}:{said.unit}"
        subject["identifier"] = {"system": system, "value": said.local_number}
    return subject


def _zoned(moment: datetime | None) -> str | None:
    """A time as FHIR takes it: with its zone; the day alone where that is not known."""
    if moment is None:
        return None
    return moment.isoformat() if moment.tzinfo else moment.date().isoformat()

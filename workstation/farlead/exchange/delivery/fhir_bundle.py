"""The report as a FHIR R4 transaction: DiagnosticReport, Observations, the signed PDF.

One DiagnosticReport for each study at each destination: it is preliminary, final, amended or
entered in error, as the report is, so that nobody there sees two. Observations and documents of a
version are created once, only if none with its identifier exists; a later document names the one
whose place it takes. A repeat of the same delivery changes nothing.

References
----------
FHIR R4: diagnosticreport.html, observation.html, documentreference.html.
"""

import base64
import hashlib

from farlead.exchange.delivery.coded import (
    LOINC,
    UCUM,
    document_code,
    measurements,
    statement_lines,
)
from farlead.exchange.delivery.fhir_parts import (
    URN,
    Json,
    created,
    identified,
    numbered,
    subject,
    transaction,
    updated,
    zoned,
)
from farlead.exchange.delivery.parcel import Parcel, Standing, made_uid
from farlead.exchange.delivery.wording import in_chinese_and_english

_OWN_CODES = "urn:farlead:measurement"
#: Status of the report and of its observations; how the document stands.
_STATUS = {
    "preliminary": "preliminary",
    "final": "final",
    "corrected": "amended",
    "withdrawn": "entered-in-error",
}


def bundle(parcel: Parcel) -> dict[str, Json]:
    """The transaction; the same for the same delivery, however often it is made."""
    withdrawn = parcel.standing is Standing.WITHDRAWN
    about = parcel.predecessor if withdrawn else None
    identifier = (about or parcel.delivery).identifier
    made = [
        (made_uid(identifier, f"value-{each.name}"),
         _observation(parcel, each.name, each.value, each.unit, each.code))
        for each in measurements(parcel.said)
    ]  # fmt: skip
    entry = updated if withdrawn else created
    observations = [entry(uid, resource) for uid, resource in made]
    document = entry(made_uid(identifier, "document"), _document(parcel))
    results: list[Json] = [{"reference": each["fullUrl"]} for each in observations]
    report = updated(parcel.report_uid, _report(parcel, results))
    return transaction([*observations, document, report])


def report_identifier(parcel: Parcel) -> str:
    """Identifier by which the report can be asked for afterwards."""
    return identified(parcel.report_uid)


def _report(parcel: Parcel, results: list[Json]) -> dict[str, Json]:
    said = parcel.said
    code, display = document_code(said)
    category = "EC" if said.kind == "ecg" else "RAD"
    lines = [] if parcel.notice is None else [in_chinese_and_english(parcel.notice)]
    if parcel.standing is not Standing.WITHDRAWN:
        lines += [*statement_lines(said), said.conclusion]
    conclusion = "\n".join(lines).strip()
    report: dict[str, Json] = {
        "resourceType": "DiagnosticReport",
        "identifier": [numbered(parcel.study.number)],
        "status": _STATUS[parcel.standing],
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
        "subject": _patient(parcel),
        "performer": [{"display": said.hospital}],
        "resultsInterpreter": [{"display": said.author}],
        "result": results,
        "conclusion": conclusion,
    }
    if parcel.pdf:
        report["presentedForm"] = [_attachment(parcel)]
    if (at := parcel.at) is not None:
        report["issued"] = at.isoformat(timespec="milliseconds")
    if (acquired := zoned(said.acquired)) is not None:
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
        "status": _STATUS[parcel.standing],
        "code": {"coding": [coding], "text": name},
        "subject": _patient(parcel),
        "valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit},
    }
    if (acquired := zoned(parcel.said.acquired)) is not None:
        made["effectiveDateTime"] = acquired
    return made


def _document(parcel: Parcel) -> dict[str, Json]:
    code, display = document_code(parcel.said)
    withdrawn = parcel.standing is Standing.WITHDRAWN
    document: dict[str, Json] = {
        "resourceType": "DocumentReference",
        "status": "entered-in-error" if withdrawn else "current",
        "docStatus": _STATUS[parcel.standing],
        "type": {"coding": [{"system": LOINC, "code": code, "display": display}]},
        "subject": _patient(parcel),
        "content": [{"attachment": _attachment(parcel)}],
    }
    if (at := parcel.at) is not None:
        document["date"] = at.isoformat(timespec="milliseconds")
    if parcel.predecessor is not None and not withdrawn:
        earlier = made_uid(parcel.predecessor.identifier, "document")
        document["relatesTo"] = [
            {
                "code": "replaces",
                "target": {
                    "type": "DocumentReference",
                    "identifier": {"system": URN, "value": f"urn:oid:{earlier}"},
                },
            }
        ]
    return document


def _attachment(parcel: Parcel) -> dict[str, Json]:
    title = f"{parcel.name}.pdf"
    if not parcel.pdf:
        return {"title": title}
    return {
        "contentType": "application/pdf",
        "data": base64.b64encode(parcel.pdf).decode("ascii"),
        "hash": base64.b64encode(hashlib.sha1(parcel.pdf).digest()).decode("ascii"),  # noqa: S324 - FHIR's own choice; the signature protects
        "size": len(parcel.pdf),
        "title": title,
    }


def _patient(parcel: Parcel) -> dict[str, Json]:
    said = parcel.said
    return subject(said.unit, said.local_number, said.patient)

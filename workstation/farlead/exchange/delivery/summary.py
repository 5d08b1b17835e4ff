"""The JSON summary beside a delivered report: what a unit's software reads first.

Schema ``farlead-delivery/1``, documented in docs/delivery-folder.md. Made of stored values
only, so that a repeat writes the same bytes.
"""

import json
from collections.abc import Mapping
from datetime import UTC

from farlead.model.report import Delivery, ReportVersion
from farlead.model.study import Study

SCHEMA = "farlead-delivery/1"


def summary(
    delivery: Delivery, study: Study, report: ReportVersion, content: str, *, name: str, size: int
) -> bytes:
    """Summary of a delivered report.

    Parameters
    ----------
    content : str
        Structured report (JSON), as attached to the PDF.
    name : str
        File name of the PDF beside it.
    size : int
        Its size in bytes.
    """
    structured = json.loads(content)
    signed = report.signed.astimezone(UTC).isoformat() if report.signed else None
    said = {
        "schema": SCHEMA,
        "identifier": delivery.identifier,
        "unit": delivery.destination,
        "number": study.number,
        "version": report.version,
        "replaces_version": report.version - 1 if report.supersedes is not None else None,
        "reason": report.reason,
        "study_uid": study.study_uid,
        "accession": study.request.accession,
        "patient_local_number": study.patient.local_number,
        "signed": signed,
        "pdf": {"file": name, "sha256": report.sha256, "size": size},
        "report": structured if isinstance(structured, Mapping) else None,
    }
    return (json.dumps(said, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()

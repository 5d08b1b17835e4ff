"""What goes out of the store: a notice is said, deliveries are made. Used inside transactions."""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert

from farlead.messages import Message
from farlead.model.lives import DeliveryState
from farlead.model.report import NoticeKind
from farlead.store import schema
from farlead.store.columns import MESSAGE


def add_notice(
    connection: Connection, study_id: int, kind: NoticeKind, now: datetime, **about: object
) -> None:
    """Say something to the study's unit, in the transaction of what is said.

    `about` are columns of the table: what it is about, who says it.
    """
    connection.execute(
        insert(schema.notice).values(study_id=study_id, kind=str(kind), asked=now, **about)
    )


def findings_text(findings: Iterable[Message]) -> str:
    """Findings of a critical value as a notice keeps them."""
    return json.dumps([MESSAGE.dump_python(each, mode="json") for each in findings])


def add_deliveries(
    connection: Connection,
    study_id: int,
    destinations: Iterable[str],
    now: datetime,
    *,
    report_id: int | None = None,
    notice_id: int | None = None,
) -> None:
    """One delivery of a report or a notice to each destination, with its identifier."""
    for destination in dict.fromkeys(destinations):
        connection.execute(
            insert(schema.delivery).values(
                report_id=report_id,
                notice_id=notice_id,
                study_id=study_id,
                destination=destination,
                # A UID (PS3.5 B.2), so that DICOM can carry it as well as HL7 or FHIR.
                identifier=f"2.25.{uuid.uuid4().int}",
                state=str(DeliveryState.DUE),
                created=now,
                changed=now,
            )
        )

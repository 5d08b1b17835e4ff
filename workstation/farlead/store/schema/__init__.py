"""The tables. What must never go wrong is a constraint or a trigger here, not only Python.

Every change needs a migration in ``migrations/versions`` and a new :data:`HEAD`; so does a
change of the lives in ``farlead.model.lives``, because the triggers are made from them.
"""

from farlead.store.schema.base import metadata
from farlead.store.schema.critical import (
    critical_call,
    critical_case,
    critical_escalation,
    critical_finding,
    study_time,
    unit_contact,
)
from farlead.store.schema.house import (
    archived_object,
    audit,
    audit_chain,
    audit_mark,
    blob,
    blob_piece,
    change,
    day_figures,
    day_number,
    fact,
    lease,
    source,
)
from farlead.store.schema.orders import (
    order_event,
    order_message,
    order_number,
    patient_link,
    study_order,
)
from farlead.store.schema.reports import (
    checked,
    delivery,
    delivery_event,
    handover,
    notice,
    offered,
    progress,
    report,
    report_withdrawal,
    retake,
    review,
    void_report,
)
from farlead.store.schema.searching import report_finding, screening_finding, study_word
from farlead.store.schema.studies import (
    account,
    claim,
    patient,
    patient_identifier,
    personal,
    possible_pair,
    screening,
    skip,
    study,
    study_object,
    unit,
)

__all__ = [
    "HEAD",
    "account",
    "archived_object",
    "audit",
    "audit_chain",
    "audit_mark",
    "blob",
    "blob_piece",
    "change",
    "checked",
    "claim",
    "critical_call",
    "critical_case",
    "critical_escalation",
    "critical_finding",
    "day_figures",
    "day_number",
    "delivery",
    "delivery_event",
    "fact",
    "handover",
    "lease",
    "metadata",
    "notice",
    "offered",
    "order_event",
    "order_message",
    "order_number",
    "patient",
    "patient_identifier",
    "patient_link",
    "personal",
    "possible_pair",
    "progress",
    "report",
    "report_finding",
    "report_withdrawal",
    "retake",
    "review",
    "screening",
    "screening_finding",
    "skip",
    "source",
    "study",
    "study_object",
    "study_order",
    "study_time",
    "study_word",
    "unit",
    "unit_contact",
    "void_report",
]

#: Newest migration; a store that stands elsewhere is migrated, or refused when it is newer.
HEAD = "0025"

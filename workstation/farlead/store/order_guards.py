"""What the database itself refuses about orders and joined patients.

Each entry is name, act, table and the condition over NEW and OLD under which the act is refused.
"""

from collections.abc import Iterator

#: Rows of these tables are never removed. Numbers of messages are, by the services, in time.
KEPT = ("study_order", "order_number", "order_event", "patient_link")
#: Rows of these tables never change.
FIXED = ("order_event", "order_message")

_LINK = ("id", "kept_id", "other_id", "source", "made")


def order_guards() -> Iterator[tuple[str, str, str, str]]:
    """Every guard of orders beside their life, and that rows are kept and fixed."""
    yield (
        "study_order_fixed",
        "UPDATE OF id, unit_code, source, received",
        "study_order",
        "NEW.id <> OLD.id OR NEW.unit_code <> OLD.unit_code OR NEW.source <> OLD.source"
        " OR NEW.received <> OLD.received",
    )
    yield (
        "study_order_of_its_unit",
        "UPDATE OF study_id",
        "study_order",
        "NEW.study_id IS NOT NULL AND NEW.unit_code <>"
        " (SELECT unit_code FROM study WHERE id = NEW.study_id)",
    )
    changed = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _LINK)
    yield ("patient_link_fixed", "UPDATE", "patient_link", f"OLD.ended IS NOT NULL OR {changed}")

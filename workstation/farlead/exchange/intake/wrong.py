"""What is wrong with a sidecar, in our own words: field and reason, in both languages."""

from typing import LiteralString

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from farlead.errors import InvalidRequest
from farlead.messages import message

#: Types of the library's errors -> texts of the catalogue, ``intake.why.NAME``.
_REASONS = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "enum": "not_listed",
    "literal_error": "not_listed",
    "string_type": "no_text",
    "string_too_long": "too_long",
    "string_unicode": "no_text",
    "float_type": "no_number",
    "float_parsing": "no_number",
    "finite_number": "no_number",
    "int_type": "no_number",
    "int_parsing": "no_number",
    "int_from_float": "no_number",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "date_type": "no_date",
    "date_parsing": "no_date",
    "date_from_datetime_parsing": "no_date",
    "date_from_datetime_inexact": "no_date",
    "datetime_type": "no_time",
    "datetime_parsing": "no_time",
    "datetime_object_invalid": "no_time",
    "datetime_from_date_parsing": "no_time",
    "timezone_aware": "no_zone",
    "model_type": "no_object",
    "model_attributes_type": "no_object",
    "dict_type": "no_object",
}
_OURS: LiteralString = "farlead."
_PLAIN = "cannot_read"


def wrong(name: LiteralString) -> PydanticCustomError:
    """Error of a check of ours, told by the text ``intake.why.NAME``."""
    return PydanticCustomError(f"{_OURS}{name}", name)


def not_json(name: str) -> InvalidRequest:
    """Error for a file that is no JSON object at all."""
    cause = f"@intake.why.{name}"
    return InvalidRequest(message("intake.request_not_json", cause=cause), field="")


def told(error: ValidationError) -> InvalidRequest:
    """The first error of a sidecar in words of the catalogue."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if not field:
        syntax = first["type"] == "json_invalid"
        return not_json("no_json" if syntax else "no_object")
    reason = message("intake.request_wrong", field=field, cause=f"@intake.why.{_reason(first)}")
    return InvalidRequest(reason, field=field)


def _reason(found: ErrorDetails) -> str:
    kind = found["type"]
    return kind.removeprefix(_OURS) if kind.startswith(_OURS) else _REASONS.get(kind, _PLAIN)

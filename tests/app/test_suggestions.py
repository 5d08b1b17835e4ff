"""What screening suggests can be accepted: each line exists in the statement catalogue."""

from farlead.analysis.flags import STATEMENTS
from farlead.reporting.statements import catalogue


def test_every_suggested_line_is_in_the_catalogue() -> None:
    entries = catalogue().entries
    assert set(STATEMENTS.values()) <= set(entries)

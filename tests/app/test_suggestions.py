"""What screening suggests can be accepted: each line exists in the statement catalogue."""

from farlead.analysis.flags import FIBRILLATION
from farlead.analysis.rules import shipped
from farlead.reporting.statements import catalogue


def test_every_suggested_line_is_in_the_catalogue() -> None:
    entries = catalogue().entries
    suggested = {rule.asked.statement for rule in shipped().rules} - {None}
    assert {FIBRILLATION, *suggested} <= set(entries)

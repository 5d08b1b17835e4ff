"""Rule tables as data: what is suspected, beyond which limit, by whose word, in which words.

The tables are the TOML files of this folder; ``docs/screening.md`` tells how to edit them and
how an institution changes them by a file of its own.
"""

from farlead.analysis.rules.judged import Limits
from farlead.analysis.rules.ruleset import RuleSet, own_rules, shipped

__all__ = ["Limits", "RuleSet", "own_rules", "shipped"]

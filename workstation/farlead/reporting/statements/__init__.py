"""The statement catalogue: coded diagnostic lines in Chinese and English, and their search.

Besides, what is written with them: qualified lines, templates with places for measurements, and
what does not fit together in a report.
"""

from farlead.reporting.statements.catalog import Catalogue, catalogue, read_catalogue
from farlead.reporting.statements.contradiction import Contradiction, Person, contradictions
from farlead.reporting.statements.entry import CatalogueEntry

__all__ = [
    "Catalogue",
    "CatalogueEntry",
    "Contradiction",
    "Person",
    "catalogue",
    "contradictions",
    "read_catalogue",
]

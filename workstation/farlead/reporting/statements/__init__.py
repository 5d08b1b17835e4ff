"""The statement catalogue: coded diagnostic lines in Chinese and English, and their search."""

from farlead.reporting.statements.catalog import Catalogue, catalogue, read_catalogue
from farlead.reporting.statements.entry import CatalogueEntry

__all__ = ["Catalogue", "CatalogueEntry", "catalogue", "read_catalogue"]

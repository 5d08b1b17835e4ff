"""What a station keeps while the database is away: encrypted, until it is handed over."""

from farlead.journal.file import SealedFile
from farlead.journal.journal import Journal, journal_key

__all__ = ["Journal", "SealedFile", "journal_key"]

"""Tables by which studies are found again: words of the patient, findings of screening and report.

They say nothing that study, screening and report do not say; they say it where an index reaches.
"""

from sqlalchemy import Column, ForeignKey, String, Table, Text
from sqlalchemy.dialects import postgresql

from farlead.store.schema.base import metadata

#: Words are compared by their letters' numbers, whatever language the server sorts by.
WORD = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")

# Names and numbers as they are typed: see farlead.store.words.
study_word = Table(
    "study_word",
    metadata,
    Column("word", WORD, primary_key=True),
    Column("study_id", ForeignKey("study.id"), primary_key=True),
)

# Statements that a screening suggests.
screening_finding = Table(
    "screening_finding",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("screening_id", ForeignKey("screening.id"), primary_key=True),
)

# Statements of a signed report; those of one that was sent back go with its signature.
report_finding = Table(
    "report_finding",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("report_id", ForeignKey("report.id"), primary_key=True, index=True),
)

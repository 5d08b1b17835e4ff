"""Tables of the store itself: audit trail, objects of a hub, numbers, facts and ways in."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from farlead.model.archived import ArchiveTrouble
from farlead.store.columns import UtcTime
from farlead.store.schema.base import metadata, one_of, outside

# Objects of a hub by their SHA-256, in pieces; the embedded store keeps them in a folder.
blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("created", UtcTime, nullable=False),
)

blob_piece = Table(
    "blob_piece",
    metadata,
    Column("sha256", ForeignKey("blob.sha256"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# Objects whose bytes an archive keeps instead; the lower part is what it gave when last asked.
archived_object = Table(
    "archived_object",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("archive", String(24), nullable=False),
    Column("study_uid", outside(64), nullable=False),
    Column("series_uid", outside(64), nullable=False),
    Column("sop_instance_uid", outside(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("noted", UtcTime, nullable=False),
    # Hash of other bytes that say the same; why it cannot be shown; when that was found.
    Column("returned", String(64)),
    Column("trouble", String(16)),
    Column("looked", UtcTime),
    one_of("trouble", ArchiveTrouble),
)

audit_chain = Table(
    "audit_chain",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("opened", UtcTime, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("chain", ForeignKey("audit_chain.id"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "subject", "action"),
    # How many studies ever came, for the balance.
    Index(
        "ix_audit_arrived",
        "subject",
        sqlite_where=text("action = 'study.arrived'"),
        postgresql_where=text("action = 'study.arrived'"),
    ),
)

# The heads of the chains that have grown since the mark before; `signature` is a service's, with
# its public key, over the mark and the signature before it (farlead.services.trail).
audit_mark = Table(
    "audit_mark",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("heads", Text, nullable=False),
    Column("signature", Text),
)

# Where the list's numbers come from, and when the list last changed.
day_number = Table(
    "day_number",
    metadata,
    Column("day", String(8), primary_key=True),
    Column("last", Integer, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("counter", Integer, nullable=False),
)

# Facts about the store itself, such as which key made the hashes of its patients.
fact = Table(
    "fact",
    metadata,
    Column("name", outside(32), primary_key=True),
    Column("value", Text, nullable=False),
)

# Which process has which piece of work; see farlead.store.leases.
lease = Table(
    "lease",
    metadata,
    Column("name", outside(200), primary_key=True),
    Column("holder", outside(200), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
)

source = Table(
    "source",
    metadata,
    Column("name", outside(64), primary_key=True),
    Column("seen", UtcTime),
    Column("trouble", Text),
    # When a look last went well: `seen` goes on while there is trouble.
    Column("good", UtcTime),
)

# Finished days in columns (farlead.store.days): made from the other tables, and made anew when
# `form` or the place's midnight (`start`) is another one.
day_figures = Table(
    "day_figures",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("start", UtcTime, nullable=False),
    Column("stop", UtcTime, nullable=False),
    Column("form", Integer, nullable=False),
    Column("content", Text, nullable=False),
)

"""The bytes of a hub's objects, in pieces; the embedded store keeps them in a folder instead."""

from collections.abc import Iterable, Iterator

from sqlalchemy import insert, select

from farlead.store import schema
from farlead.store.base import Base

_BLOB = schema.blob.c
_PIECE = schema.blob_piece.c


class BlobPart(Base):
    """Objects by their SHA-256; each is whole or not there."""

    def put_blob(self, sha256: str, pieces: Iterable[bytes]) -> None:
        """Keep an object, once, in one transaction."""
        with self._write(listed=False) as connection:
            if connection.execute(select(_BLOB.sha256).where(_BLOB.sha256 == sha256)).first():
                return
            connection.execute(insert(schema.blob).values(sha256=sha256, created=self.now()))
            for number, piece in enumerate(pieces):
                connection.execute(
                    insert(schema.blob_piece).values(sha256=sha256, number=number, data=piece)
                )

    def blob(self, sha256: str) -> Iterator[bytes] | None:
        """The pieces of an object; None when it is not there."""
        return self._pieces(sha256) if self.has_blob(sha256) else None

    def has_blob(self, sha256: str) -> bool:
        """Whether it is there, whole."""
        with self._read() as connection:
            found = connection.execute(select(_BLOB.sha256).where(_BLOB.sha256 == sha256))
            return found.first() is not None

    def blob_names(self) -> Iterator[str]:
        """All names, in order."""
        with self._read() as connection:
            names = connection.execute(select(_BLOB.sha256).order_by(_BLOB.sha256)).scalars().all()
        return iter([str(name) for name in names])

    def _pieces(self, sha256: str) -> Iterator[bytes]:
        number = 0
        while True:
            with self._read() as connection:
                piece = connection.execute(
                    select(_PIECE.data).where(_PIECE.sha256 == sha256, _PIECE.number == number)
                ).scalar_one_or_none()
            if piece is None:
                return
            yield bytes(piece)
            number += 1

"""Objects whose bytes an archive keeps: where each is, and how it was found when last fetched."""

from collections.abc import Sequence

from sqlalchemy import Connection, exists, insert, select, update

from farlead.model.archived import Archived, ArchiveTrouble
from farlead.model.lives import StudyState
from farlead.store import schema
from farlead.store.base import Base
from farlead.store.columns import Fetched
from farlead.store.rows import objects_of

_KEPT = schema.archived_object.c
_OBJECT = schema.study_object.c
_STUDY = schema.study.c
_ACTOR = "service:objects"
_DOUBTFUL = select(_KEPT.sha256).where(_KEPT.trouble.is_not(None))


class ArchivedPart(Base):
    """Where an archive has what the hub does not keep."""

    def note_archived(self, found: Archived) -> None:
        """An archive has given this object and keeps it; once, before it is handed to an inbox."""
        with self._write(listed=False) as connection:
            known = select(_KEPT.sha256).where(_KEPT.sha256 == found.sha256)
            if connection.execute(known).first() is None:
                connection.execute(
                    insert(schema.archived_object).values(
                        sha256=found.sha256,
                        archive=found.archive,
                        study_uid=found.study_uid,
                        series_uid=found.series_uid,
                        sop_instance_uid=found.sop_instance_uid,
                        size=found.size,
                        noted=self.now(),
                    )
                )

    def archived(self, sha256: str) -> Archived | None:
        """Where an archive has an object; None where none is known to."""
        digest = select(_OBJECT.digest).where(_OBJECT.sha256 == sha256).limit(1).scalar_subquery()
        with self._read() as connection:
            row = connection.execute(
                select(schema.archived_object, digest.label("digest")).where(_KEPT.sha256 == sha256)
            ).one_or_none()
        return None if row is None else _archived(row)

    def archive_gave(
        self, sha256: str, *, returned: str | None = None, trouble: ArchiveTrouble | None = None
    ) -> None:
        """Keep what an archive gave for an object; its studies are marked while there is trouble.

        Parameters
        ----------
        returned : str, optional
            Hash of the bytes that it gave instead of those that were received.
        """
        with self._write() as connection:
            connection.execute(
                update(schema.archived_object)
                .where(_KEPT.sha256 == sha256)
                .values(
                    returned=returned,
                    trouble=None if trouble is None else str(trouble),
                    looked=self.now(),
                )
            )
            studies = _studies_with(connection, sha256)
            _mark(connection, studies)
            for study in studies:
                self._record(
                    _ACTOR,
                    _act(returned, trouble),
                    f"study:{study}",
                    sha256=sha256,
                    returned=returned,
                )

    def archived_hashes(self) -> dict[str, str]:
        """The archive of each object that one keeps, by the object's hash."""
        with self._read() as connection:
            rows = connection.execute(select(_KEPT.sha256, _KEPT.archive))
            return {row.sha256: row.archive for row in rows}

    def archive_troubles(self) -> list[tuple[str, Archived]]:
        """Objects that an archive lost or gives otherwise, each with its study's number."""
        query = (
            select(schema.archived_object, _OBJECT.digest, _STUDY.number)
            .join(schema.study_object, _OBJECT.sha256 == _KEPT.sha256)
            .join(schema.study, _STUDY.id == _OBJECT.study_id)
            .where(_KEPT.trouble.is_not(None), _STUDY.state != StudyState.QUARANTINED)
            .order_by(_STUDY.id)
        )
        with self._read() as connection:
            return [(str(row.number), _archived(row)) for row in connection.execute(query)]


def _archived(row: Fetched) -> Archived:
    return Archived(
        sha256=row.sha256,
        archive=row.archive,
        study_uid=row.study_uid,
        series_uid=row.series_uid,
        sop_instance_uid=row.sop_instance_uid,
        size=row.size,
        digest=row.digest,
        returned=row.returned,
        trouble=None if row.trouble is None else ArchiveTrouble(row.trouble),
    )


def _act(returned: str | None, trouble: ArchiveTrouble | None) -> str:
    if trouble is not None:
        return f"object.{trouble}"
    return "object.as_received" if returned is None else "object.other_bytes"


def _studies_with(connection: Connection, sha256: str) -> list[int]:
    """Studies that show an object: its own, and those that follow one without bringing another."""
    own = select(_OBJECT.study_id).where(_OBJECT.sha256 == sha256)
    shown: set[int] = set()
    found = set(connection.execute(own).scalars())
    while found:
        shown |= found
        bare = ~exists().where(_OBJECT.study_id == _STUDY.id)
        after = select(_STUDY.id).where(_STUDY.linked.in_(sorted(found)), bare)
        found = set(connection.execute(after).scalars()) - shown
    return sorted(shown)


def _mark(connection: Connection, studies: Sequence[int]) -> None:
    """A study is in doubt while any of the objects that it shows is."""
    doubtful = set(connection.execute(_DOUBTFUL).scalars())
    shown = objects_of(connection, studies)
    for study in studies:
        refused = int(any(each.sha256 in doubtful for each in shown.get(study, ())))
        connection.execute(
            update(schema.study)
            .where(_STUDY.id == study, _STUDY.objects_refused != refused)
            .values(objects_refused=refused)
        )

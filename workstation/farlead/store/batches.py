"""What a reader has checked, to be signed with others by one PIN."""

from sqlalchemy import and_, select

from farlead.model.lives import StudyState
from farlead.store import schema
from farlead.store.base import Base

_CHECKED, _STUDY = schema.checked.c, schema.study.c


class BatchPart(Base):
    """Checked studies and the hash of what was seen of each."""

    def checked(self, account_id: int) -> dict[int, str]:
        """Hashes by study of what this account has checked and not signed, by promised time."""
        valid = and_(_CHECKED.study_id == _STUDY.id, _CHECKED.fencing == _STUDY.fencing)
        with self._read() as connection:
            rows = connection.execute(
                select(_STUDY.id, _CHECKED.hash)
                .join(schema.checked, valid)
                .where(
                    _STUDY.state == StudyState.CHECKED,
                    _STUDY.reserved_by == account_id,
                    _CHECKED.account_id == account_id,
                )
                .order_by(_STUDY.due, _STUDY.id)
            )
            return {int(study_id): str(seen) for study_id, seen in rows}

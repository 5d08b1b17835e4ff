"""Roles, rights, passwords."""

from datetime import UTC, datetime

import pytest

from farlead.access.accounts import (
    RIGHTS,
    Right,
    Session,
    hash_password,
    password_matches,
    require,
)
from farlead.errors import PermissionDenied
from farlead.messages import Language, message
from farlead.model.people import Account, Role


def _session(role: Role) -> Session:
    return Session(
        Account(1, "a", "示例医师甲", role), "阅图席 01", datetime(2026, 1, 1, tzinfo=UTC)
    )


def test_every_role_has_its_rights() -> None:
    assert set(RIGHTS) == set(Role)


def test_only_readers_sign() -> None:
    signing = {role for role in Role if Right.SIGN_REPORT in RIGHTS[role]}
    assert signing == {Role.READER, Role.SENIOR_READER}


def test_administrators_and_auditor_open_no_study_and_share_no_power() -> None:
    last = [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR]
    powers = {Right.CONFIGURE, Right.MANAGE_ACCOUNTS, Right.READ_AUDIT}
    for role in last:
        assert not RIGHTS[role] & {Right.OPEN_STUDY, Right.SIGN_REPORT, Right.CLAIM}
        assert len(RIGHTS[role] & powers) == 1


def test_a_refusal_names_role_and_right_in_both_languages() -> None:
    require(_session(Role.READER), Right.SIGN_REPORT)
    with pytest.raises(PermissionDenied) as refused:
        require(_session(Role.TECHNICIAN), Right.SIGN_REPORT)
    assert "技师" in refused.value.text(Language.ZH)
    assert "签署报告" in refused.value.text(Language.ZH)
    assert "sign a report" in refused.value.text(Language.EN)


def test_every_role_and_right_has_a_name() -> None:
    for name in [*(f"role.{role}" for role in Role), *(f"right.{right}" for right in Right)]:
        assert message(f"access.{name}").text(Language.ZH)


def test_passwords() -> None:
    stored = hash_password("密码 pass")
    assert stored.startswith("$argon2id$")
    assert stored != hash_password("密码 pass")
    assert password_matches("密码 pass", stored)
    assert not password_matches("other", stored)
    assert not password_matches("密码 pass", "damaged")

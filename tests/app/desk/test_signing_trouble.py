"""What goes wrong with keys and disks ends in a sentence, and the draft is as it was."""

import errno
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ecg_files import dicom_bytes, recording
from farlead.access.accounts import Session
from farlead.access.keys import MOST_TRIES, KeyRing, Pkcs12File
from farlead.access.pkcs11 import Pkcs11Token
from farlead.access.signing_key import Token, fingerprint
from farlead.desk import Desk
from farlead.errors import FarleadError, SigningError, WrongPin
from farlead.messages import Language
from farlead.model.people import Role
from farlead.model.report import Claim, Draft
from farlead.objects import ObjectFolder
from farlead.reporting.compositor import compositor
from support_house import House, open_house
from support_pki import PIN, Holder, Pki
from support_token import MODULE, Tokens

_DRAFT = Draft(conclusion="正常心电图")


class _FullDisk(ObjectFolder):
    """Takes what units send, and nothing more once it is full."""

    full = False

    def put(self, data: bytes) -> str:
        if self.full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().put(data)


@dataclass
class Seat:
    """A reader with a claimed study and a draft."""

    house: House
    desk: Desk
    claim: Claim
    objects: _FullDisk
    tokens: Tokens

    def fails(self, act: Callable[[], object]) -> FarleadError:
        """The error of an act that must fail; draft and claim are as they were, nothing is out."""
        with pytest.raises(FarleadError) as failed:
            act()
        store = self.house.services.store
        kept = store.draft(self.claim.study)
        assert kept is not None
        assert kept.draft == _DRAFT
        assert store.renew(self.claim).fencing == self.claim.fencing
        assert store.deliveries(self.claim.study) == []
        assert [each for each in store.reports(self.claim.study) if each.sha256] == []
        for language in Language:
            assert len(failed.value.text(language)) > 20
        return failed.value


@pytest.fixture
def seat(tmp_path: Path) -> Iterator[Callable[..., Seat]]:
    opened: list[Desk] = []
    (tmp_path / "tokens").mkdir()
    tokens = Tokens(tmp_path / "tokens")
    pki = Pki(tmp_path, "http://127.0.0.1:9")
    with open_house(tmp_path / "home") as house:

        def sit(
            on_token: bool = True,
            days: tuple[int, int] = (-1, 365),
            clock: Callable[[], datetime] | None = None,
        ) -> Seat:
            holder = pki.holder("示例医师丙", days=days, published=False)
            token = _token(holder, tokens, tmp_path) if on_token else _file(holder, tmp_path)
            store = house.services.store
            certificate = fingerprint(holder.certificate)
            store.add_account("bing", "示例医师丙", Role.READER, certificate=certificate)
            account = store.account("bing")
            objects = _FullDisk(house.settings.objects)
            keys = KeyRing(token, account, clock=clock or (lambda: datetime.now(UTC)))
            session = Session(account, "seat", store.now())
            sandbox = house.services.sandbox
            desk = Desk(house.settings, store, objects, sandbox, session, keys, compositor())
            opened.append(desk)
            house.drop("a.dcm", dicom_bytes(recording(local_number="T1")))
            house.take_in()
            (row,) = house.rows()
            claim = desk.claim(row.study.id)
            desk.open(row.study.id)
            desk.save_draft(claim, _DRAFT)
            return Seat(house, desk, claim, objects, tokens)

        yield sit
        for desk in opened:
            desk.close()


def _token(holder: Holder, tokens: Tokens, _: Path) -> Token:
    return Pkcs11Token(MODULE, tokens.plug_in(holder), fingerprint(holder.certificate))


def _file(holder: Holder, folder: Path) -> Token:
    file = folder / "bing.p12"
    file.write_bytes(holder.pkcs12())
    return Pkcs12File(file)


def test_a_token_signs_a_report(seat: Callable[..., Seat]) -> None:
    at = seat()
    at.desk.open_key(PIN)
    assert at.desk.sign(at.claim, _DRAFT).sha256 is not None


def test_a_token_that_is_pulled_out(seat: Callable[..., Seat]) -> None:
    at = seat()
    at.desk.open_key(PIN)
    at.tokens.unplug()
    told = at.fails(lambda: at.desk.sign(at.claim, _DRAFT))
    assert isinstance(told, SigningError)
    assert "草稿已保留" in told.text(Language.ZH)


def test_three_wrong_pins(seat: Callable[..., Seat]) -> None:
    at = seat()
    for _ in range(MOST_TRIES):
        told = at.fails(lambda: at.desk.open_key("000000"))
        assert isinstance(told, WrongPin)
    told = at.fails(lambda: at.desk.open_key(PIN))
    assert "锁定" in told.text(Language.ZH)
    assert at.fails(lambda: at.desk.sign(at.claim, _DRAFT)).reason.id == "access.key_closed"


def test_a_certificate_that_expires_between_pin_and_signature(seat: Callable[..., Seat]) -> None:
    now = datetime.now(UTC)
    at = seat(on_token=False, days=(-30, 1), clock=lambda: now)
    at.desk.open_key(PIN)
    now += timedelta(minutes=29)
    assert at.desk.key_open()
    at.desk.close_key()
    now += timedelta(days=2)
    told = at.fails(lambda: at.desk.open_key(PIN))
    assert told.reason.id == "access.credential.expired"


def test_a_full_disk(seat: Callable[..., Seat]) -> None:
    at = seat(on_token=False)
    at.desk.open_key(PIN)
    at.objects.full = True
    told = at.fails(lambda: at.desk.sign(at.claim, _DRAFT))
    assert isinstance(told, SigningError)
    assert "No space left" in told.text(Language.EN)
    at.objects.full = False
    assert at.desk.sign(at.claim, _DRAFT).sha256 is not None

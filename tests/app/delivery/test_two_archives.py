"""The unit's archive and the hub's, each behind TLS that asks for a certificate: in, and out."""

import io
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pydicom
import pytest

from certificates import Authority, Issued
from farlead.exchange.delivery import DeliveryResult
from farlead.exchange.intake.archive import ArchiveIntake
from farlead.messages import Language
from farlead.model.lives import DeliveryState
from farlead.peers import Archive
from farlead.sandbox import Sandbox
from farlead.settings import Settings
from farlead.store import Store
from support_hub import PDF, hub
from support_nginx import Fronted, fronted, listening
from support_orthanc import PASSWORD, USER
from support_serving import study

WAY = {"kind": "stow", "archive": "hub", "objects": ["pdf"]}
#: Certificates of ours that are refused.
OURS = ("none", "of another authority", "expired")
#: Certificates of theirs that we refuse.
THEIRS = ("of another authority", "expired")


@dataclass
class Two:
    """Both archives, and what we may show them."""

    unit: Fronted
    hub: Fronted
    tls: dict[str, dict[str, object]]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    authority, other = Authority(folder / "ca"), Authority(folder / "other")
    past = timedelta(minutes=-5)

    def ours(issued: Issued | None) -> dict[str, object]:
        shown = {"certificate": issued.certificate, "key": issued.key} if issued else {}
        return {"ca": authority.file, **shown}

    tls = {
        "good": ours(authority.issue("farlead", "127.0.0.1")),
        "none": ours(None),
        "of another authority": ours(other.issue("farlead", "127.0.0.1")),
        "expired": ours(authority.issue("farlead-old", "127.0.0.1", lasts=past)),
    }
    bad = {
        "of another authority": other.issue("archive", "127.0.0.1"),
        "expired": authority.issue("archive-old", "127.0.0.1", lasts=past),
    }
    with ExitStack() as stack:
        yield Two(
            *(
                stack.enter_context(
                    fronted(folder / name, authority, authority.issue(name, "127.0.0.1"), bad)
                )
                for name in ("unit", "hub")
            ),
            tls,
        )


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=2 << 30, seconds=60) as made:
        yield made


@dataclass
class Look:
    """One look into the unit's archive: what lies in the inbox then, and what was wrong."""

    taken: list[bytes]
    trouble: str


def look(folder: Path, archive: Archive, sandbox: Sandbox) -> Look:
    settings = Settings.model_validate(
        {"folder": folder, "units": [{"code": "jia", "name": "甲县"}]}
    )
    with Store.of(settings) as store:
        looking = ArchiveIntake(settings, archive, store, sandbox)
        trouble = looking.run_once().trouble
        looking.close()
        files = settings.inbox("jia").glob("*.dcm")
        told = trouble.text(Language.EN) if trouble is not None else ""
        return Look([file.read_bytes() for file in files], told)


def test_only_loopback_leads_to_them(two: Two) -> None:
    ours = {port: address for address, port in listening()}
    for each in (two.unit, two.hub):
        for port in (each.port, each.plain, *each.others.values()):
            assert ours[port] == "127.0.0.1"
    for each in (two.unit, two.hub):
        if each.apart:  # its own port exists in its own network alone
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.1", each.behind), 2)
        elif (outside := _address()) is not None:
            where = f"http://{outside}:{each.behind}/system"
            answer = httpx.get(where, auth=(USER, PASSWORD), trust_env=False)
            assert answer.status_code in {401, 403}  # though name and password are right


def _address() -> str | None:
    """An address of this machine that is not loopback, if it has one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
        except OSError:
            return None
        return str(probe.getsockname()[0])


def test_a_study_comes_in_and_its_report_goes_out_over_tls(
    tmp_path: Path, two: Two, sandbox: Sandbox
) -> None:
    two.unit.put(study("甲县人民医院", "tls1"))
    archive = two.unit.archive("unit", two.tls["good"], unit="jia")
    found = look(tmp_path / "in", archive, sandbox)
    assert found.trouble == ""
    assert len(found.taken) == 1
    assert any(each.startswith("GET /dicom-web/studies?") for each in two.unit.asked())
    assert any("/instances/" in each for each in two.unit.asked())

    with hub(tmp_path / "out", WAY, archive=two.hub.archive("hub", two.tls["good"])) as house:
        assert house.dispatch.settle() == DeliveryResult(confirmed=1)
        assert house.state.state is DeliveryState.CONFIRMED
    assert "POST /dicom-web/studies" in two.hub.asked()
    with two.hub.http as client:
        (instance,) = client.get("/instances").json()
        stored = pydicom.dcmread(io.BytesIO(client.get(f"/instances/{instance}/file").content))
    assert stored.EncapsulatedDocument[: len(PDF)] == PDF


@pytest.mark.parametrize("shown", OURS)
def test_without_a_good_certificate_nothing_comes_in_or_goes_out(
    tmp_path: Path, two: Two, sandbox: Sandbox, shown: str
) -> None:
    two.unit.put(study("甲县人民医院", f"tls {shown}"))
    archive = two.unit.archive("unit", two.tls[shown], unit="jia")
    found = look(tmp_path / "in", archive, sandbox)
    assert found.taken == []
    assert "“unit”" in found.trouble
    with two.hub.http as client:
        before = client.get("/instances").json()
    with hub(tmp_path / "out", WAY, archive=two.hub.archive("hub", two.tls[shown])) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "certificate" in house.state.error.text(Language.EN).lower()
    with two.hub.http as client:
        assert client.get("/instances").json() == before


@pytest.mark.parametrize("theirs", THEIRS)
def test_an_archive_with_a_bad_certificate_is_told_nothing(
    tmp_path: Path, two: Two, sandbox: Sandbox, theirs: str
) -> None:
    port, before = two.unit.others[theirs], len(two.unit.asked())
    archive = two.unit.archive("unit", two.tls["good"], unit="jia", port=port)
    found = look(tmp_path / "in", archive, sandbox)
    assert found.taken == []
    assert "certificate" in found.trouble.lower()
    assert len(two.unit.asked()) == before  # not one request, so no password either
    port = two.hub.others[theirs]
    archive = two.hub.archive("hub", two.tls["good"], port=port)
    with hub(tmp_path / "out", WAY, archive=archive) as house:
        assert house.dispatch.settle() == DeliveryResult(failed=1)
        assert house.state.error is not None
        assert "certificate" in house.state.error.text(Language.EN).lower()

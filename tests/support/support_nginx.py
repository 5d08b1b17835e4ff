"""nginx before an Orthanc in a network of its own: TLS with client certificates, loopback only.

Orthanc 1.10.1 (Debian 12) listens on every address, has no setting for one, and its own HTTPS
crashes. So it gets a network namespace with nothing but a loopback of its own. nginx lives there,
too; the sockets on which it listens were opened out here, on our loopback, and handed down: they
are the only way in. Where the machine lets nobody make a namespace (a container without that
right) Orthanc stays in our network and refuses whoever is not on this machine; `Fronted.apart`
says which it is.
"""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from certificates import Authority, Issued
from farlead.peers import Archive
from support_orthanc import PASSWORD, USER, configured, free_port

_NGINX = "/usr/sbin/nginx"
_READY_SECONDS = 30.0
_SERVER = """
    server {{
        listen 127.0.0.1:{port}{tls};
        location / {{
            proxy_pass http://127.0.0.1:{behind};
            proxy_set_header Host $http_host;
            proxy_buffering off;
            proxy_request_buffering off;
        }}
    }}
"""
_TLS = """ ssl;
        ssl_certificate {issued.certificate};
        ssl_certificate_key {issued.key};
        ssl_client_certificate {ca};
        ssl_verify_client on;
        ssl_protocols TLSv1.2 TLSv1.3"""
_WHOLE = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
    access_log {folder}/access.log;
    client_max_body_size 0;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


@dataclass
class Fronted:
    """An Orthanc behind nginx.

    `port` asks for a certificate of the authority; `plain` is for the tests' own looks; `others`
    are TLS ports that show other certificates, by name; `behind` is Orthanc's own port, in a
    network of its own when `apart`.
    """

    folder: Path
    authority: Authority
    port: int = 0
    plain: int = 0
    behind: int = 0
    apart: bool = True
    others: dict[str, int] = field(default_factory=dict)

    @property
    def http(self) -> httpx.Client:
        """A client of its own interface, for looking at it from outside."""
        root = f"http://127.0.0.1:{self.plain}"
        return httpx.Client(base_url=root, auth=(USER, PASSWORD), timeout=30, trust_env=False)

    def archive(self, name: str, tls: dict[str, object], **given: object) -> Archive:
        """Settings for it, over TLS."""
        port = given.pop("port", self.port)
        return Archive.model_validate(
            {
                "name": name,
                "url": f"https://127.0.0.1:{port}/dicom-web",
                "user": USER,
                "password": f"plain:{PASSWORD}",
                "tls": tls,
                **given,
            }
        )

    def put(self, *objects: bytes) -> None:
        """Give it objects, as a unit's cart does."""
        with self.http as client:
            for data in objects:
                client.post("/instances", content=data).raise_for_status()

    def asked(self) -> list[str]:
        """Method and path of each request, as nginx saw it."""
        lines = (self.folder / "access.log").read_text("utf-8").splitlines()
        return [" ".join(line.split('"')[1].split()[:2]) for line in lines if '"' in line]


@contextmanager
def fronted(
    folder: Path, authority: Authority, served: Issued, others: dict[str, Issued] | None = None
) -> Iterator[Fronted]:
    """An Orthanc in a network of its own, and nginx as its only door."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Fronted(folder, authority, behind=free_port(), apart=_may_be_apart())
    started = _started(configured(folder, made.behind), made.apart)
    with ExitStack() as stack:
        archive = stack.enter_context(_process(started, folder))
        if made.apart:
            _wait_until_apart(archive)
        shown = {"": served, **(others or {})}
        doors = {name: stack.enter_context(_door()) for name in (*shown, "plain")}
        ports = {name: int(door.getsockname()[1]) for name, door in doors.items()}
        made.port, made.plain = ports[""], ports["plain"]
        made.others = {name: ports[name] for name in others or {}}
        servers = _SERVER.format(port=made.plain, tls="", behind=made.behind)
        for name, issued in shown.items():
            tls = _TLS.format(issued=issued, ca=authority.file)
            servers += _SERVER.format(port=ports[name], tls=tls, behind=made.behind)
        file = folder / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        file.write_text(_WHOLE.format(folder=folder, servers=servers, user=user), "utf-8")
        into = _into(archive.pid) if made.apart else []
        command = [*into, _NGINX, "-p", str(folder), "-c", str(file)]
        stack.enter_context(_process(command, folder, [d.fileno() for d in doors.values()]))
        _wait(made)
        yield made


def listening() -> set[tuple[str, int]]:
    """Addresses and ports on which anything of this machine's own network listens."""
    found = set()
    for table, size in (("tcp", 4), ("tcp6", 16)):
        for line in Path("/proc/net", table).read_text("ascii").splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            address, port = local.split(":")
            if state == "0A":
                raw = bytes.fromhex(address)[::-1] if size == 4 else bytes.fromhex(address)
                family = socket.AF_INET if size == 4 else socket.AF_INET6
                found.add((socket.inet_ntop(family, raw), int(port, 16)))
    return found


@contextmanager
def _door() -> Iterator[socket.socket]:
    """A socket that listens on our loopback, to be handed down."""
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", 0))
        door.listen(64)
        door.setblocking(False)  # nginx takes it as it is
        yield door


def _unshare() -> list[str]:
    return ["unshare", "-n" if os.geteuid() == 0 else "-rn"]


def _may_be_apart() -> bool:
    """Whether this machine lets us make a network namespace."""
    return subprocess.run([*_unshare(), "true"], capture_output=True, check=False).returncode == 0


def _started(configuration: Path, apart: bool) -> list[str]:
    """Orthanc, with no network but its own loopback if it may be apart."""
    if not apart:
        return ["/usr/sbin/Orthanc", str(configuration)]
    line = f"ip link set lo up && exec /usr/sbin/Orthanc {configuration}"
    return [*_unshare(), "sh", "-c", line]


def _into(process: int) -> list[str]:
    if os.geteuid() == 0:
        return ["nsenter", "-t", str(process), "-n"]
    return ["nsenter", "-t", str(process), "-U", "--preserve-credentials", "-n"]


def _wait_until_apart(process: "subprocess.Popen[bytes]") -> None:
    """Wait until it has left our network."""
    patience = time.monotonic() + _READY_SECONDS
    while _network(process.pid) == _network("self"):
        if process.poll() is not None or time.monotonic() > patience:
            raise RuntimeError("no network namespace can be made here (unshare -n)")
        time.sleep(0.01)


def _network(process: int | str) -> Path:
    return Path(f"/proc/{process}/ns/net").readlink()


@contextmanager
def _process(
    command: Sequence[str], folder: Path, handed: Sequence[int] = ()
) -> "Iterator[subprocess.Popen[bytes]]":
    environment = dict(os.environ)
    if handed:
        environment["NGINX"] = "".join(f"{number};" for number in handed)
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=log, pass_fds=tuple(handed), env=environment
        )
    try:
        yield process
    finally:
        if handed:  # nginx: it ends its worker, too
            process.terminate()
        else:  # Orthanc takes 3.4 s to end by itself
            process.kill()
        process.wait()


def _wait(made: Fronted) -> None:
    patience = time.monotonic() + _READY_SECONDS
    with made.http as client:
        while time.monotonic() < patience:
            try:
                client.get("/system").raise_for_status()
                return
            except httpx.HTTPError:
                time.sleep(0.05)
    raise RuntimeError((made.folder / "log.txt").read_text("utf-8", "replace")[-2000:])

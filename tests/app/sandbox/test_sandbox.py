"""The confined process: what crosses, what does not, and how it ends."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from farlead.errors import (
    IllegalTransition,
    InvalidRequest,
    SandboxCrashed,
    SandboxTimedOut,
    UnreadableFile,
)
from farlead.frames import Budget, pack
from farlead.messages import Language, message
from farlead.model.people import Sex
from farlead.model.recording import Recording
from farlead.sandbox import Call, Sandbox

SUPPORT = Path(__file__).parents[2] / "support"


@pytest.fixture(scope="module", autouse=True)
def _child_finds_support() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", str(SUPPORT), prepend=os.pathsep)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(memory=1 << 30, seconds=30) as box:
        yield box


def call(sandbox: Sandbox, name: str, *args: object, seconds: float | None = None) -> object:
    return sandbox.call(f"support_sandbox:{name}", *args, seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        None,
        (1, 2.5, "心电", b"\x00"),
        {"a": [True, {1, 2}]},
        datetime(2026, 11, 22, tzinfo=UTC),
        Path("/a/b"),
        Sex.FEMALE,
        message("sandbox.memory"),
    ],
)
def test_values_cross_unchanged(sandbox: Sandbox, value: object) -> None:
    assert call(sandbox, "echo", value) == value


def test_arrays_cross_and_are_read_only(sandbox: Sandbox) -> None:
    samples = np.linspace(-1, 1, 1_000_000).reshape(10, -1)
    doubled = call(sandbox, "double", samples)
    assert isinstance(doubled, np.ndarray)
    np.testing.assert_array_equal(doubled, samples * 2)
    assert not doubled.flags.writeable


@pytest.mark.parametrize("dtype", ["bool", "i1", ">i2", "f4", "c16"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3)])
def test_array_types_and_shapes(sandbox: Sandbox, dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape, dtype)
    back = call(sandbox, "echo", array)
    assert isinstance(back, np.ndarray)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)


def test_a_recording_crosses(sandbox: Sandbox) -> None:
    recording = call(sandbox, "recording", 12, 5000)
    assert isinstance(recording, Recording)
    assert recording.samples.shape == (12, 5000)
    assert recording.patient.name == "王"


def test_numpy_scalars_become_numbers(sandbox: Sandbox) -> None:
    assert type(call(sandbox, "echo", np.float32(0.5))) is float


def test_errors_of_our_tree_cross_with_their_fields(sandbox: Sandbox) -> None:
    with pytest.raises(UnreadableFile, match="longer than 1 s") as unreadable:
        call(sandbox, "unreadable")
    assert (unreadable.value.offset, unreadable.value.tag) == (12, "(003A,001A)")
    with pytest.raises(InvalidRequest) as invalid:
        call(sandbox, "invalid_request")
    assert invalid.value.field == "patient.name"
    with pytest.raises(IllegalTransition):
        call(sandbox, "illegal")


def test_any_other_exception_is_a_crash_with_its_cause(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxCrashed, match="ValueError: not our tree") as crash:
        call(sandbox, "wrong")
    assert "工程师" in crash.value.text(Language.ZH)


@pytest.mark.parametrize(
    ("name", "said"),
    [("leave", "status 3"), ("segfault", "SIGSEGV"), ("devour", "memory")],
)
def test_death_is_told_and_the_next_call_works(sandbox: Sandbox, name: str, said: str) -> None:
    with pytest.raises(SandboxCrashed, match=said):
        call(sandbox, name)
    assert call(sandbox, "echo", 1) == 1


@pytest.mark.parametrize("name", ["hang", "hang_deaf"])
def test_a_hang_is_stopped_at_its_limit(sandbox: Sandbox, name: str) -> None:
    call(sandbox, "echo", 1)
    begin = time.monotonic()
    with pytest.raises(SandboxTimedOut, match=r"0\.3 s"):
        call(sandbox, name, seconds=0.3)
    assert time.monotonic() - begin < 5
    assert call(sandbox, "echo", 1) == 1


def test_time_without_a_core_does_not_count_but_there_is_an_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clock, account = SimpleNamespace(monotonic=lambda: 100.0), tmp_path / "schedstat"
    monkeypatch.setattr("farlead.frames.time", clock)
    account.write_text("5 7000000000 3")
    budget, unknown = (Budget(each, 8.0) for each in (account, tmp_path / "none"))
    clock.monotonic = lambda: 120.0  # of these 20 s it waited 15 for a core
    account.write_text("9 22000000000 4")
    assert (round(budget.left, 6), round(unknown.left, 6)) == (3.0, -12.0)
    clock.monotonic = lambda: 181.0
    account.write_text("9 88000000000 4")  # it never had one
    assert round(budget.left, 6) == -1.0


@pytest.mark.parametrize("name", ["foreign", "evil", "dotted"])
def test_foreign_values_are_refused(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(SandboxCrashed, match="not allowed"):
        call(sandbox, name)
    assert call(sandbox, "echo", 1) == 1


@pytest.mark.parametrize("name", ["object_array", "unpicklable"])
def test_what_cannot_travel_is_told(sandbox: Sandbox, name: str) -> None:
    with pytest.raises(SandboxCrashed):
        call(sandbox, name)
    assert call(sandbox, "echo", 1) == 1


def test_an_answer_larger_than_the_limit_is_refused() -> None:
    with Sandbox(memory=700 << 20) as box, pytest.raises(SandboxCrashed):
        box.call("support_sandbox:devour_reply")


def test_printing_does_not_disturb_the_answers(sandbox: Sandbox) -> None:
    assert call(sandbox, "chatter") == "clean"


def test_modules_of_the_current_folder_are_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    with Sandbox() as box:
        assert call(box, "echo", 1) == 1


def test_no_file_can_be_written(sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(SandboxCrashed, match="OSError"):
        call(sandbox, "write_file", tmp_path / "new")
    assert not (tmp_path / "new").exists() or (tmp_path / "new").stat().st_size == 0


def test_interrupting_the_terminal_does_not_end_the_child(sandbox: Sandbox) -> None:
    assert call(sandbox, "interrupted") == "still here"


def test_calls_from_many_threads_do_not_mix(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda i: call(sandbox, "echo", i), range(200)))
    assert results == list(range(200))


def test_close_ends_the_child_and_a_call_starts_another(sandbox: Sandbox) -> None:
    first = call(sandbox, "pid")
    sandbox.close()
    assert isinstance(first, int)
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    assert call(sandbox, "pid") != first


_PARENT = """
import threading
from farlead.sandbox import Sandbox
box = Sandbox(seconds={seconds})
pid = box.call("support_sandbox:pid")
threading.Timer(0.3, lambda: print(pid, flush=True)).start()  # by then it hangs
box.call("support_sandbox:{name}")
"""


@pytest.mark.parametrize(("name", "seconds"), [("hang", 600), ("hang_deaf", 1)])
def test_the_child_ends_with_its_parent_even_in_a_call(name: str, seconds: float) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _PARENT.format(name=name, seconds=seconds)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    poll = select.poll()
    poll.register(child, select.POLLIN)  # readable when the process has ended
    assert poll.poll(15_000), "the child outlived its parent"
    os.close(child)


def test_enumerations_cross_by_their_value_in_every_python(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Debian 12's Python 3.11.2 pickles an Enum as a call of getattr, which is not allowed."""
    monkeypatch.setattr(
        "enum.Enum.__reduce_ex__", lambda self, _protocol: (getattr, (type(self), self.name))
    )
    packed = b"".join(bytes(part) for part in pack(Sex.FEMALE))
    assert b"getattr" not in packed
    assert call(sandbox, "echo", Sex.FEMALE) is Sex.FEMALE


def test_the_result_of_a_call_may_be_the_argument_of_another(sandbox: Sandbox) -> None:
    made = sandbox.call("builtins:len", Call("builtins:bytes", (12,)))
    assert made == 12


def test_what_the_inner_call_raises_is_raised_here(sandbox: Sandbox) -> None:
    with pytest.raises(UnreadableFile) as caught:
        sandbox.call("builtins:len", Call("support_sandbox:unreadable", ()))
    assert (caught.value.offset, caught.value.tag) == (12, "(003A,001A)")

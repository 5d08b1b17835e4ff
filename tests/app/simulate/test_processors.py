"""What a process and all below it have used of the processors."""

import os
import subprocess
import sys

from farlead.simulate.processors import Used, used_by

_BUSY = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()\n"
_ABOVE = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {_BUSY!r}])\n"


def test_what_the_child_of_a_child_used_counts_while_it_runs_and_not_after_all_have_ended() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ABOVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it was busy
        assert used_by(process.pid) >= 0.3
        assert used_by(os.getpid()) >= used_by(process.pid)
        process.communicate(b"\n")
    assert used_by(process.pid) == 0.0


def test_a_part_of_a_morning_is_what_was_used_between_two_looks() -> None:
    used = Used(5.0, 9.0, 2.0) - Used(1.0, 2.0, 0.5)
    assert (used, used.all) == (Used(4.0, 7.0, 1.5), 12.5)

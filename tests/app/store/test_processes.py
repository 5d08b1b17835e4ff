"""Many processes on one store: no study is read twice, none is left."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from farlead.model.lives import StudyState
from support_places import Place
from support_store import arrival, reader

STUDIES, READERS = 32, 8
SUPPORT = Path(__file__).parents[2] / "support"


def test_eight_readers_read_each_study_once(place: Place) -> None:
    with place.open() as store:
        studies = [store.add_object(arrival(str(n))).study_id for n in range(STUDIES)]
        logins = [reader(store, f"reader{n}").login for n in range(READERS)]
        children = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-W",
                    "error",
                    "-m",
                    "support_claimer",
                    str(place.where),
                    str(place.keys),
                    login,
                ],
                cwd=SUPPORT,
                stdout=subprocess.PIPE,
                text=True,
            )
            for login in logins
        ]
        told = [child.communicate(timeout=120)[0].split() for child in children]
        assert [child.returncode for child in children] == [0] * READERS
        done = Counter(int(study) for lines in told for study in lines)
        assert done == Counter(studies)
        for study in studies:
            assert store.study(study).state is StudyState.REPORTED
            assert len(store.reports(study)) == 1
            assert len(store.deliveries(study)) == 1
        assert store.verify_audit() == []
        assert store.check() == []
        assert store.balance().whole


def test_several_processes_may_open_a_new_store_at_once(
    nowhere: Callable[[str], Place], kind: str
) -> None:
    place = nowhere(kind)
    code = (
        "from pathlib import Path; from farlead.store import Store;"
        f" Store.open({str(place.where)!r}, keys=Path({str(place.keys)!r})).close()"
    )
    children = [subprocess.Popen([sys.executable, "-W", "error", "-c", code]) for _ in range(4)]
    assert [child.wait(60) for child in children] == [0] * 4
    with place.open() as store:
        assert store.check() == []

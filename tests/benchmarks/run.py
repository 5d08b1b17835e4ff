"""Runs one benchmark or all: ``make bench NAME=loop``.

A benchmark is a module of this folder with ``run() -> dict[str, float]``; its keys are the ones
that its issue names. The result goes to ``build/bench/NAME.json`` together with the command,
the commit and the machine; docs/benchmarks.md is written from these files.
"""

import importlib.util
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: Read by linear algebra when numpy is imported, hence a process of its own.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
RESULTS = ROOT / "build" / "bench"


def names() -> list[str]:
    """All benchmarks of this folder."""
    return sorted(file.stem for file in HERE.glob("*.py") if file.stem != "run")


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.split(": ", 1)[1] for line in lines if line.startswith("model name")), "")


def commit() -> str:
    """Commit of the tree, with a plus when it has uncommitted changes."""
    head = _git("rev-parse", "--short=12", "HEAD")
    return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def in_one_thread(file: str) -> dict[str, float]:
    """Figures that ``file --json`` prints on its last line, with one thread for linear algebra."""
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1")}
    command = [sys.executable, file, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    results: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return results


def measure(name: str) -> dict[str, float]:
    """Run one benchmark, print its table and write its file."""
    specification = importlib.util.spec_from_file_location(f"bench_{name}", HERE / f"{name}.py")
    if specification is None or specification.loader is None:
        raise SystemExit(f"no benchmark {name!r}; there are: {', '.join(names())}")
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    results: dict[str, float] = module.run()
    width = max(len(key) for key in results)
    for key, value in results.items():
        print(f"{key:<{width}}  {value:g}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    document = {
        "command": f"make bench NAME={name}",
        "commit": commit(),
        "machine": machine(),
        "results": results,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    return results


def main() -> None:
    """Measure the benchmarks named on the command line, or all."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    wanted = sys.argv[1:] or names()
    unknown = set(wanted) - set(names())
    if unknown:
        raise SystemExit(f"no benchmark {sorted(unknown)}; there are: {', '.join(names())}")
    for name in wanted:
        print(f"== {name}")
        measure(name)


if __name__ == "__main__":
    main()

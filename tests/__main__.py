# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All tests: ``python -m tests [STEP...]``; without names every step runs, whatever the others say.

Each step is a process of its own; two run at a time. The last line counts the steps.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.steps import drivers, other_core, sanity

ROOT = Path(__file__).resolve().parents[1]
Step = Callable[[], int]


def run(*command: str, **variables: str) -> int:
    """Run a command in the project's folder; return its exit status."""
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **variables}, check=False
    ).returncode


def python(*arguments: str) -> int:
    """Run this interpreter."""
    return run(sys.executable, *arguments)


def types() -> int:
    """Check the types of everything, strictly; the plugins below the name they are imported by."""
    return python("-m", "mypy", "-p", "ansible_collections.ebill.ops.plugins") or python(
        "-m", "mypy", "lab", "tests/steps", "docs", "bench"
    )


STEPS: dict[str, Step] = {
    "style": lambda: (
        python("-m", "ruff", "check", ".") or python("-m", "ruff", "format", "--check", ".")
    ),
    "types": types,
    "pages": lambda: python("-m", "docs.generate", "--check"),
    "lint": lambda: run("ansible-lint", "--offline"),
    "sanity": lambda: sanity.main(ROOT),
    "unit": lambda: python("-m", "pytest", "-q", "-n", "2", "tests/unit", "tests/golden"),
    "drivers": lambda: drivers.main(ROOT),
    "integration": lambda: python(
        "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "tests/integration", "tests/browser"
    ),
    "molecule": lambda: run("molecule", "test", "--all"),
    "other-core": lambda: other_core.main(ROOT),
}
GROUPS = {"lint": ("style", "types", "pages", "lint", "sanity")}


# Two lanes, as the smallest machine has two cores: the longest step beside all others.
LANES = (("integration",), tuple(name for name in STEPS if name != "integration"))


def report(name: str, status: int, began: float, said: bytes = b"") -> None:
    """Show a step that has ended."""
    print(f"\n===== {name}", flush=True)
    sys.stdout.buffer.write(said)
    seconds = time.monotonic() - began
    print(f"===== {name}: {'FAILED' if status else 'ok'}, {seconds:.0f} s", flush=True)


def alone(name: str) -> int:
    """Run one step and let it speak for itself; return its status."""
    began = time.monotonic()
    status = STEPS[name]()
    report(name, status, began)
    return status


def lane(names: Iterable[str]) -> list[str]:
    """Run steps one after the other, each heard when it has ended; return those that failed."""
    failed = []
    for name in names:
        print(f"===== {name}: begins", flush=True)
        began = time.monotonic()
        program = f"import sys; from tests.__main__ import STEPS; sys.exit(STEPS[{name!r}]())"
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        report(name, done.returncode, began, done.stdout)
        failed += [name] if done.returncode else []
    return failed


def main(names: list[str]) -> int:
    """Run the named steps, or all; return 1 when one failed."""
    unknown = [name for name in names if name not in STEPS and name not in GROUPS]
    if unknown:
        print(f"unknown step {unknown[0]!r}; known: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    chosen = [step for name in names for step in GROUPS.get(name, (name,))] or list(STEPS)
    if len(chosen) == 1:
        failed = [name for name in chosen if alone(name)]
    else:
        lanes = [[name for name in chosen if name in members] for members in LANES]
        with ThreadPoolExecutor(len(lanes)) as pool:
            failed = [name for found in pool.map(lane, lanes) for name in found]
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    print(f"\n{len(chosen) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

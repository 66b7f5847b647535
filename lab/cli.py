# Copyright: (c) 2026, ebill.ops contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m lab: bring the lab up and down, break and mend things in it."""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from lab.estate import Estate, load_parts, load_scenarios
from lab.part import LabError
from lab.state import PROJECT, State, default_directory

BANNER = (
    "=== ebill.ops LAB / 演练环境 === loopback only; every server here is a stand-in "
    "/ 仅限本机回环地址，所有服务器均为模拟"
)
NOT_RUNNING = 3
LOST = 1
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    state = State(default_directory())
    try:
        return int(options.run(state, options))
    except LabError as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=BANNER)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        return sub

    up = command("up", _up, "start the lab and wait until it is ready")
    up.add_argument("--scenario", default="green", help="what is broken from the start")
    command("down", _down, "stop the lab")
    status = command("status", _status, "show what runs and what is broken")
    status.add_argument("--json", action="store_true")
    breaks = command("breaks", _breaks, "list everything that can be broken")
    breaks.add_argument("--json", action="store_true")
    broken = command("break", _break, "break things")
    broken.add_argument("ids", nargs="+", metavar="ID")
    mend = command("mend", _mend, "mend things")
    mend.add_argument("ids", nargs="*", metavar="ID")
    mend.add_argument("--all", action="store_true")
    scenario = command("scenario", _scenario, "mend everything and play a scenario")
    scenario.add_argument("name", metavar="NAME")
    return parser


def _up(state: State, options: argparse.Namespace) -> int:
    state.prepare()
    if options.scenario not in load_scenarios():
        raise LabError(f"no scenario {options.scenario!r}: {', '.join(load_scenarios())}")
    if state.is_running():
        pid = state.read().get("pid")
        raise LabError(f"a lab is already running in {state.path} (pid {pid}); `lab down` stops it")
    print(BANNER)
    read_end, write_end = os.pipe()
    with state.log.open("w", encoding="utf-8") as log:
        command = [sys.executable, "-m", "lab.supervisor", str(state.path), options.scenario]
        process = subprocess.Popen(
            [*command, str(write_end)],
            pass_fds=[write_end],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=PROJECT,
            start_new_session=True,
        )
    os.close(write_end)
    try:
        _follow(read_end, state)
    except BaseException:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    _show(state.ask("status"), state)
    return 0


def _follow(read_end: int, state: State) -> None:
    """Print the supervisor's progress until it is ready; LabError if it fails or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    buffer = b""
    with os.fdopen(read_end, "rb", 0) as pipe:
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise LabError(f"not ready after {_START_SECONDS:.0f} s; see {state.log}")
            data = pipe.read(65536)
            if not data:
                raise LabError(f"the lab ended while starting; see {state.log}")
            *lines, buffer = (buffer + data).split(b"\n")
            for line in lines:
                message = json.loads(line)
                if "error" in message:
                    raise LabError(message["error"])
                if "ready" in message:
                    return
                print(f"  {message['progress']}", flush=True)


def _down(state: State, _options: argparse.Namespace) -> int:
    if not state.is_running():
        print(f"no lab is running in {state.path}")
        return 0
    pid = state.read().get("pid")
    try:
        state.ask("down")
    except LabError:
        if pid is not None:
            os.kill(pid, signal.SIGTERM)  # it holds the lock, so the number is its own
    deadline = time.monotonic() + _STOP_SECONDS
    while state.is_running():
        if time.monotonic() > deadline:
            if pid is None:
                raise LabError(f"the lab does not stop; see {state.log}")
            os.kill(pid, signal.SIGKILL)
            deadline += _STOP_SECONDS
        time.sleep(0.05)
    print("the lab is down")
    return 0


def _status(state: State, options: argparse.Namespace) -> int:
    if not state.is_running():
        if options.json:
            print(json.dumps({"running": False, "state": str(state.path)}))
        else:
            print(f"no lab is running in {state.path}; `python -m lab up` starts one")
        return NOT_RUNNING
    answer = state.ask("status")
    if options.json:
        answer.pop("breaks")
        print(json.dumps({"running": True, "state": str(state.path), **answer}, indent=1))
    else:
        print(BANNER)
        _show(answer, state)
    return LOST if answer["lost"] else 0


def _breaks(state: State, options: argparse.Namespace) -> int:
    if state.is_running():
        answer = state.ask("breaks")
        breaks, broken = answer["breaks"], set(answer["broken"])
    else:
        breaks = [
            {"id": one.id, "target": one.target, "title": dict(one.title)}
            for one in Estate(load_parts(), {}).breaks()
        ]
        broken = set()
    rows = [{**one, "broken": one["id"] in broken} for one in breaks]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        mark = "*" if row["broken"] else " "
        title = row["title"]
        print(f"{mark} {row['id']:<34} {row['target']:<9} {title['zh']} / {title['en']}")
    return 0


def _break(state: State, options: argparse.Namespace) -> int:
    return _show(state.ask("break", ids=options.ids), state)


def _mend(state: State, options: argparse.Namespace) -> int:
    if not options.ids and not options.all:
        raise LabError("name what to mend, or --all")
    return _show(state.ask("mend", ids=options.ids, all=options.all), state)


def _scenario(state: State, options: argparse.Namespace) -> int:
    return _show(state.ask("scenario", name=options.name), state)


def _show(answer: dict[str, Any], state: State) -> int:
    """Print what runs and what is broken."""
    titles = {one["id"]: one["title"] for one in answer["breaks"]}
    print(f"pid {answer['pid']}, scenario {answer['scenario']}, state {state.path}")
    for name, variables in sorted(answer["hostvars"].items()):
        where = variables.get("ansible_host")
        place = f"ssh {where}:{variables['ansible_port']}" if where else "on loopback"
        print(f"  {name:<9} {place}")
    for break_id in answer["broken"]:
        title = titles[break_id]
        print(f"  broken: {break_id}  {title['zh']} / {title['en']}")
    for text in answer["lost"]:
        print(f"  GONE: {text} was ended by something else; `python -m lab down` and `up` again")
    if not answer["broken"] and not answer["lost"]:
        print("  nothing is broken / 一切正常")
    for notice in answer["notices"]:
        print(f"  NOTICE: {notice}")
    return 0

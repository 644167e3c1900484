# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Steps of the tests: run two at a time, show what failed, end with one table."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tests.ci.venvs import ROOT

CLOSING_LINES = 4


@dataclass
class Step:
    """One command of the tests. ``weight`` 2 means that it keeps both cores busy by itself."""

    name: str
    command: Sequence[str]
    env: dict[str, str]
    cwd: Path = ROOT
    weight: int = 1
    seconds: float = field(default=0.0, init=False)
    code: int = field(default=-1, init=False)
    output: str = field(default="", init=False)


def run_steps(steps: Sequence[Step]) -> int:
    """Run light steps two at a time, then heavy ones alone; give the exit code for all."""
    begin = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(_run, step) for step in steps if step.weight == 1]
        for done in as_completed(running):
            _show(done.result())
    for step in steps:
        if step.weight > 1:
            _show(_run(step))
    _summary(steps, time.monotonic() - begin)
    return 1 if any(step.code for step in steps) else 0


def _run(step: Step) -> Step:
    begin = time.monotonic()
    done = subprocess.run(
        list(step.command), cwd=step.cwd, env=step.env, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    step.seconds = time.monotonic() - begin
    step.code = done.returncode
    step.output = (done.stdout + done.stderr).decode("utf-8", "replace")
    return step


def _show(step: Step) -> None:
    lines = step.output.rstrip().splitlines()
    shown = lines if step.code else lines[-CLOSING_LINES:]
    state = f"FAILED, exit code {step.code}" if step.code else "ok"
    print(f"== {step.name}: {state}, {step.seconds:.0f} s", flush=True)
    for line in shown:
        print(f"   {line}" if not line.startswith("=") else line, flush=True)


def _summary(steps: Sequence[Step], seconds: float) -> None:
    print("\nstep                 seconds  result")
    for step in steps:
        print(f"{step.name:20} {step.seconds:7.0f}  {'FAILED' if step.code else 'ok'}")
    failed = sum(1 for step in steps if step.code)
    print(f"\n{len(steps)} steps, {failed} of them failed, in {seconds:.0f} s", flush=True)

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: the playbooks over the sample fleet, a short block for each run, and a table.

Ends with exit code 0 only when every server ended as it must.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / ".build"
FOLDER = BUILD / "demo"
sys.path.insert(0, str(HERE))

from fleet import SERVERS, Server, build  # noqa: E402

# What a playbook ends with where a server is as it must not be; some of the samples are left alone.
FOUND_WRONG = 2
TASK, END = "TASK [Report]", "\nPLAY RECAP"
# The advice is much the same in each run, and is shown once; where the report lies, at the end.
ADVICE, PLACE = "What to do:", "The report: "


class Run(NamedTuple):
    """A run of a playbook: its name here, what it is for, and its exit code."""

    name: str
    title: str
    playbook: str
    options: tuple[str, ...] = ()
    code: int = 0


class Ended(NamedTuple):
    """A run that has ended: its exit code, and the servers of its report."""

    code: int
    servers: Mapping[str, Mapping[str, Any]]
    restart: Mapping[str, str]


RUNS = (
    Run("audit", "Which servers are exposed? Nothing is changed", "audit"),
    Run("predicted", "What would the fix change? Nothing is changed yet", "remediate", ("--check",), FOUND_WRONG),
    Run("fixed", "The fix", "remediate", (), FOUND_WRONG),
    Run("after", "Did it hold? Nothing is changed", "audit"),
)


def environment() -> dict[str, str]:
    """Give Ansible's settings for the demo: this collection, and no others."""
    tree = BUILD / "collections"
    link = tree / "ansible_collections" / "legacy_exchange" / "winsock_proxy"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)
    own = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")}
    return own | {
        "ANSIBLE_COLLECTIONS_PATH": str(tree),
        "ANSIBLE_HOME": str(BUILD / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORKS": "6",
    }


def play(run: Run) -> Ended:
    """Run a playbook once; print what its report tells on the terminal, or all of it where it ends in another way."""
    program = Path(sys.executable).parent / "ansible-playbook"
    words = ["-i", "fleet/inventory.json", *run.options, f"legacy_exchange.winsock_proxy.{run.playbook}"]
    print(f"\n##### {run.title}\n$ ansible-playbook {' '.join(words)}", flush=True)
    done = subprocess.run(
        [str(program), *words], env=environment(), cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if done.returncode == run.code:
        print("\n".join(told(done.stdout, ADVICE if run is not RUNS[0] else PLACE)))
    else:
        print(done.stdout + done.stderr)
    return ended(done.returncode)


def told(output: str, end: str) -> list[str]:
    """Give the lines of the report, until one that begins so; Ansible's own lines about the task are behind them."""
    lines = output.partition(TASK)[2].partition(END)[0].splitlines()[1:]
    return list(takewhile(lambda line: not line.startswith((end, PLACE)), filter(None, lines)))


def ended(code: int) -> Ended:
    """Give what the report says of each server."""
    file = FOLDER / "emsmta-audit" / "report.json"
    report = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"servers": [], "restart": []}
    return Ended(
        code,
        {server["name"]: server for server in report["servers"]},
        {entry["name"]: entry["why"] for entry in report["restart"]},
    )


def contents() -> dict[str, bytes]:
    """Give the bytes of all files of the fleet."""
    fleet = FOLDER / "fleet"
    return {str(path.relative_to(fleet)): path.read_bytes() for path in fleet.rglob("*") if path.is_file()}


def faults(server: Server, runs: Mapping[str, Ended]) -> list[str]:
    """Say in what a server did not end as it must."""
    audit, predicted, fixed, after = (runs[run.name].servers.get(server.name, {}) for run in RUNS)
    outcome = "refused" if server.refused else "ok"
    wanted = [
        ("status", audit.get("status"), server.before),
        ("predicted status", predicted.get("status"), server.after),
        ("predicted outcome", predicted.get("outcome"), outcome),
        ("predicted change", bool(predicted.get("changes")), server.changed),
        ("status before the fix", fixed.get("status_before"), server.before),
        ("status after it", fixed.get("status"), server.after),
        ("outcome", fixed.get("outcome"), outcome),
        ("change", bool(fixed.get("changes")), server.changed),
        ("status at the end", after.get("status"), server.after),
    ]
    return [f"{what} is {found}, not {right}" for what, found, right in wanted if found != right]


def show(runs: Mapping[str, Ended]) -> None:
    """Print the table."""
    print("\n##### What became of each server\n")
    print(f"{'server':18} {'before':15} {'after':15} changed")
    for server in SERVERS:
        fixed, after = (runs[name].servers.get(server.name, {}) for name in ("fixed", "after"))
        left_alone = fixed.get("outcome") == "refused"
        changed = "left alone" if left_alone else "yes" if fixed.get("changes") else "no"
        print(f"{server.name:18} {fixed.get('status_before', '-'):15} {after.get('status', '-'):15} {changed}")
        print(f"    {after.get('message', 'no result').partition('): ')[2]}{next_step(server.name, after, runs)}")


def next_step(name: str, after: Mapping[str, Any], runs: Mapping[str, Ended]) -> str:
    """Give what is next for a server, in a few words: the restart, or the first sentence of the advice."""
    if name in runs["after"].restart:
        known = runs["after"].restart[name] == "changed"
        return f". Next: restart the MTA{'' if known else ', where it was not done since'}"
    advice = [each["message"] for each in after.get("advice", []) if each["code"] != "restart_mta"]
    first = advice[0].partition(". ")[0].rstrip(".") if advice else ""
    return f". Next: {first[:1].lower()}{first[1:]}" if first else ""


def main() -> int:
    """Run the demo."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    build(FOLDER / "fleet")
    old = contents()
    runs = {RUNS[0].name: play(RUNS[0])}
    if not runs[RUNS[0].name].servers:
        print("The audit ended without a report: see above", file=sys.stderr)
        return 1
    runs |= {RUNS[1].name: play(RUNS[1])}
    untouched = contents() == old
    runs |= {run.name: play(run) for run in RUNS[2:]}
    show(runs)
    wrong = [f"{server.name}: {fault}" for server in SERVERS for fault in faults(server, runs)]
    wrong += [] if untouched else ["the audit or the prediction changed a file"]
    wrong += [
        f"{run.title} ended with {runs[run.name].code}, not {run.code}"
        for run in RUNS
        if runs[run.name].code != run.code
    ]
    print(
        "\n" + ("\n".join(wrong) or f"All {len(SERVERS)} servers ended as they must. Their drives: {FOLDER / 'fleet'}")
    )
    print(f"The report, for a browser: {FOLDER / 'emsmta-audit' / 'report.html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an audit, and mail when a server is no longer as the last mail told it.

    mail_changes.py --to ADDRESS --folder FOLDER -- COMMAND...

COMMAND writes its report to FOLDER; what it prints goes to run.log there. A change is another status or
outcome of a server, files of it that a run changed, a server that is new or gone, and a run without a report.
A mail that could not be sent is sent by the next run. Standard library alone.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

# Where it lies when it is not on PATH, as in cron.
PLACES_OF_SENDMAIL = "/usr/sbin:/usr/lib"
LINES_OF_A_FAILED_RUN = 20


class Told(NamedTuple):
    """What a mail tells: of the run, empty when it made a whole report, and of each server."""

    run: str
    servers: Mapping[str, str]


def last_told(file: Path) -> Told:
    """Give what the last mail told."""
    return Told(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else Told("", {})


def run_of(command: Sequence[str], folder: Path) -> tuple[str, dict[str, Any]]:
    """Run the audit; give what is wrong with the run, empty when nothing is, and the report that lies there now."""
    file = folder / "report.json"
    old = file.read_bytes() if file.exists() else b""
    with (folder / "run.log").open("wb") as log:
        code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False).returncode
    new = file.read_bytes() if file.exists() else b""
    report = json.loads(new) if new else {"complete": False, "servers": [], "totals": {}}
    if new == old:
        return f"no report was made, exit code {code}", report
    return "" if report["complete"] else f"not all servers were looked at, exit code {code}", report


def servers_of(report: Mapping[str, Any], before: Mapping[str, str]) -> dict[str, str]:
    """Give how each server is; one that was not looked at is as it was told."""
    states = {server["name"]: _state(server) for server in report["servers"] if server["status"] != "not_looked_at"}
    others = [server["name"] for server in report["servers"] if server["name"] not in states]
    return {**{name: before[name] for name in others if name in before}, **states}


def _state(server: Mapping[str, Any]) -> str:
    state: str = server["status"]
    if server["outcome"] not in (None, "ok"):
        state += f", {server['outcome']}"
    return f"{state}, files changed {server['changed_at']}" if server["changed_at"] else state


def changes(before: Told, now: Told) -> list[str]:
    """Give a line for each change."""
    names = sorted(before.servers.keys() | now.servers.keys())
    old, new = before.servers, now.servers
    lines = [
        f"{name}: {new.get(name, 'gone')} (before: {old.get(name, 'not known')})"
        for name in names
        if old.get(name) != new.get(name)
    ]
    return lines if before.run == now.run else [f"The run: {now.run or 'as it must be'}", *lines]


def text_of(lines: Sequence[str], now: Told, folder: Path) -> str:
    """Give the text of the mail."""
    log = (folder / "run.log").read_text(encoding="utf-8", errors="replace").splitlines()
    end = ["", "The end of run.log:", *log[-LINES_OF_A_FAILED_RUN:]] if now.run else []
    return "\n".join([*lines, "", f"The report: {folder / 'report.html'}", *end]) + "\n"


def send(address: str, subject: str, text: str) -> None:
    """Mail it; end with an error when that fails."""
    program = shutil.which("sendmail") or shutil.which("sendmail", path=PLACES_OF_SENDMAIL)
    if program is None:
        sys.exit("Cannot mail: there is no sendmail; install one, as Debian's packages nullmailer and postfix have it")
    message = EmailMessage()
    message["To"], message["Subject"] = address, subject
    message.set_content(text)
    code = subprocess.run([program, "-t", "-oi"], input=bytes(message), check=False).returncode
    if code:
        sys.exit(f"Cannot mail: {program} ended with exit code {code}; the next run tries again")


def main() -> None:
    """Run, compare, mail, and keep what was mailed."""
    parser = argparse.ArgumentParser(description="Run an audit, and mail when a server is in another state.")
    parser.add_argument("--to", required=True, metavar="ADDRESS")
    parser.add_argument("--folder", required=True, type=Path, help="where COMMAND writes its report")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    file = given.folder / "mailed.json"
    before = last_told(file)
    wrong, report = run_of(given.command, given.folder)
    now = Told(wrong, before.servers if wrong.startswith("no report") else servers_of(report, before.servers))
    lines = changes(before, now)
    if not lines:
        return
    totals = ", ".join(f"{count} {status}" for status, count in report["totals"].items() if count)
    send(given.to, f"Exchange servers: {totals or 'no report'}", text_of(lines, now, given.folder))
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(now._asdict(), indent=1) + "\n", encoding="utf-8")
    beside.replace(file)


if __name__ == "__main__":
    main()

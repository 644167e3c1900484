# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writer of the report alone: a process that reads saved results and writes the four files.

`python3 -m tests.bench.report RESULTS FOLDER` is that process; it prints its peak of memory in KiB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.files import (
    as_csv,
    as_json,
    as_junit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.folder import read, write
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.history import history_of
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.page import as_html
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._report.report import Run, report_of

ROOT = Path(__file__).resolve().parents[2]


def main(results: Path, folder: Path) -> int:
    """Write the report of saved results as the action does, and give the peak of memory in KiB."""
    found = json.loads(results.read_bytes())
    name = str(os.getpid())
    run = Run(name, "2026-11-26T11:06:31Z", False, list(found), list(found), found.get, {})
    report = report_of(run, history_of(read(folder / "report.json"), name))
    files = {
        "html": as_html(report),
        "csv": as_csv(report, run.hosts),
        "xml": as_junit(report),
        "json": as_json(report),
    }
    write(folder, {f"report.{kind}": data for kind, data in files.items()})
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])


def measured_writer(results: Path, folder: Path) -> tuple[float, float]:
    """Give the seconds of the whole process, and its peak of memory in MB."""
    begin = time.monotonic()
    command = [sys.executable, "-m", "tests.bench.report", str(results), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"The writer to measure has failed: {done.stdout}{done.stderr}")
    return time.monotonic() - begin, int(done.stdout) * 1024 / 1e6


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), Path(sys.argv[2])))

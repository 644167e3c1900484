# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What evtexport, a reader of event logs by others, prints of a log; and what it would print of our records."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._events.record import Record

KINDS = {1: "Error", 2: "Warning", 4: "Information", 8: "Success Audit", 16: "Failure Audit"}
# Our records leave the account out.
ACCOUNT = re.compile(r"^User security identifier\t: S-[-0-9]+\n", re.MULTILINE)
BEGIN = re.compile(r"^(?=Event number\t\t\t: )", re.MULTILINE)
SECONDS = 60


def exported(path: Path, mode: str) -> list[str]:
    """Give what is printed of each record of a file. mode: ``items``, or ``recovered``."""
    program = shutil.which("evtexport")
    assert program, "there is no evtexport: install the Debian package libevt-utils"
    command = [program, "-m", mode, str(path)]
    done = subprocess.run(command, capture_output=True, env={"LC_ALL": "C.UTF-8"}, timeout=SECONDS, check=True)
    return BEGIN.split(ACCOUNT.sub("", done.stdout.decode("utf-8", "replace")))[1:]


def printed(records: Iterable[Record]) -> list[str]:
    """Give what evtexport prints of records."""
    return ["\n".join([*_lines(record), "", ""]) for record in records]


def _lines(record: Record) -> Iterator[str]:
    kind = KINDS.get(record.event_type)
    yield f"Event number\t\t\t: {record.record_number}"
    yield f"Creation time\t\t\t: {_time(record.time_generated)}"
    yield f"Written time\t\t\t: {_time(record.time_written)}"
    yield f"Event type\t\t\t: {f'{kind} event' if kind else '(Unknown)'} ({record.event_type})"
    yield f"Computer name\t\t\t: {record.computer_name}"
    yield f"Source name\t\t\t: {record.source_name}"
    yield f"Event category\t\t\t: {record.event_category}"
    yield f"Event identifier\t\t: 0x{record.event_id:08x} ({record.event_id})"
    yield f"Number of strings\t\t: {len(record.strings)}"
    for number, text in enumerate(record.strings, 1):
        yield f"String: {number}\t\t\t: {text}"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%b %d, %Y %H:%M:%S UTC")

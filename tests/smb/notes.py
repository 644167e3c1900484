# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the processes of a play do, noted by Python itself: forks, imports of the SMB library, and connections."""

from __future__ import annotations

from pathlib import Path

import pytest

# Each Python process runs this when it starts. A note is its kind, the process, and what it is about.
CODE = """
import os, sys

KINDS = {{"import": 0, "socket.getaddrinfo": 0, "socket.connect": 1}}

def note(kind, about):
    with open({file!r}, "a") as file:
        file.write(f"{{kind}} {{os.getpid()}} {{about}}\\n")

def on_event(event, arguments):
    about = arguments[KINDS[event]] if event in KINDS else None
    if event == "socket.connect" and isinstance(about, tuple):
        note(event, about[0])
    elif event == "socket.getaddrinfo" or about == "impacket.ntlm":
        note(event, about)

sys.addaudithook(on_event)
os.register_at_fork(after_in_child=lambda: note("fork", "-"))
"""


class Notes:
    """Notes of all Python processes that are started after it was made."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        site = folder / "site"
        site.mkdir()
        self._file = folder / "notes"
        (site / "sitecustomize.py").write_text(CODE.format(file=str(self._file)))
        monkeypatch.setenv("PYTHONPATH", str(site))

    def processes(self, kind: str) -> set[str]:
        """Give the processes with a note of this kind."""
        return {process for each, process, _about in self._read() if each == kind}

    def hosts(self) -> set[str]:
        """Give the hosts that were connected to, or whose address was asked for."""
        return {about for kind, _process, about in self._read() if kind.startswith("socket.")}

    def _read(self) -> list[list[str]]:
        return [line.split(" ", 2) for line in self._file.read_text().splitlines()]

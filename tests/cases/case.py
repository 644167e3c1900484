# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case is: the bytes of a file before and after a run, or a file that must stay as it is."""

from __future__ import annotations

from typing import NamedTuple

from tests.cases.samples import sample

FIX = b"[EMSMTA]\r\nDisable=1\r\n"


class Case(NamedTuple):
    """A file before and after a run; ``before`` is None for a missing file, ``notes`` are codes."""

    name: str
    before: bytes | None
    after: bytes
    changed: bool = True
    state: str = "present"
    section: str = "EMSMTA"
    settings: dict[str, object] | None = None
    create: bool = False
    notes: tuple[str, ...] = ()

    def options(self, path: str) -> dict[str, object]:
        """Give the options of the module for this case."""
        return {
            "path": path,
            "section": self.section,
            "settings": self.settings,
            "state": self.state,
            "create": self.create,
            "backup": False,
            "backup_file": None,
        }


class Refused(NamedTuple):
    """A file that must stay as it is, and a part of the message that says why."""

    name: str
    before: bytes
    fragment: str
    state: str = "present"


def fine(name: str, data: bytes, **more: object) -> Case:
    """Make a row for a file that is left alone."""
    return Case(name, data, data, changed=False, **more)  # type: ignore[arg-type]


STORE: dict[str, object] = {"ServerBindTcpPorts": "110,119,143", "Persistent": 1, "KillOldSession": 1}
DIFFER = ("readers_differ",)
PROXY2 = sample("Q231878.mspclnt.ini")

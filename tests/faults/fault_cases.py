# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edits to be disturbed, and what must hold whatever disturbed them."""

from __future__ import annotations

import os
import re
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.copies import backup_name
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import EditRequest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import parse, read_value
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza

from tests.faults.children import Outcome
from tests.faults.fault_tracer import Meddler, let_go, run

NAME = "Mspclnt.ini"
WAYS = {"rename": False, "in_place": True}
# What our own files beside the edited one are called, while they are needed.
OF_OURS = re.compile(r"\.winsock_proxy\.(tmp|old)$")

SMALL = b"[Common]\r\nPort=1745\r\nName=caf\xe9\r\n\r\n"
FILLER = b"".join(b"Key%03d=some text that fills a line of this file\r\n" % number for number in range(180))
# The value lies across the border of two pages.
BORDER = b"[EMSMTA]\r\n;" + b"x" * (4096 - 23) + b"\r\nDisable=0000\r\n[End]\r\n"
assert BORDER.index(b"0000") < 4096 < BORDER.index(b"0000") + 4


class Case(NamedTuple):
    """An edit: the bytes before it (None for no file), and what is asked for."""

    old: bytes | None
    value: str = "1"
    present: bool = True
    backup: bool = False


CASES = {
    "append": Case(SMALL),
    "append-to-empty": Case(b""),
    "append-no-line-end": Case(SMALL + b"Last=1"),
    "insert": Case(b"[emsmta]\r\nServerBindTcpPorts=102\r\n" + SMALL),
    "equal": Case(b"[EMSMTA]\r\nDisable=0\r\n" + SMALL),
    "longer": Case(b"[EMSMTA]\r\nDisable=0\r\n" + SMALL, value="1000"),
    "shorter": Case(b"[EMSMTA]\r\nDisable=12345\r\n" + SMALL),
    "shorter-by-one": Case(b"[EMSMTA]\nDisable=10"),
    "absent": Case(SMALL + b"[EMSMTA]\r\nDisable=1\r\nKeep=1\r\n", present=False),
    "absent-all": Case(b"[EMSMTA]\r\nDisable=1\r\n", present=False),
    "backup": Case(b"[EMSMTA]\r\nDisable=0\r\n" + SMALL, backup=True),
    "large-insert": Case(b"[EMSMTA]\r\nOther=1\r\n[Common]\r\n" + FILLER, backup=True),
    "large-shorter": Case(b"[EMSMTA]\r\nDisable=12345\r\n[Common]\r\n" + FILLER),
    "large-border": Case(BORDER, value="1111"),
    "create": Case(None),
}


class Edit:
    """One case in a folder of its own, done one of the two ways."""

    def __init__(self, folder: Path, case: Case, in_place: bool | None) -> None:
        self.folder = folder
        self.case = case
        self.path = folder / NAME
        self.in_place = in_place
        self.new = self._find_new()

    def reset(self) -> None:
        """Empty the folder and put the old bytes there."""
        for left in self.folder.iterdir():
            left.unlink()
        if self.case.old is not None:
            self.path.write_bytes(self.case.old)

    def apply(self) -> dict[str, Any]:
        """Do the edit in this process."""
        with closing(LocalEditor(self.in_place)) as editor:
            return apply(editor, self.request(), check=False, diff=False)

    def check(self) -> dict[str, Any]:
        """Do the edit in check mode."""
        with closing(LocalEditor(self.in_place)) as editor:
            return apply(editor, self.request(), check=True, diff=False)

    def disturbed(self, meddle: Meddler = let_go) -> Outcome:
        """Do the edit anew in a child whose system calls are meddled with."""
        self.reset()
        return self.traced(meddle)

    def traced(self, meddle: Meddler = let_go) -> Outcome:
        """Do the edit in a child whose system calls are meddled with, on what is there."""
        return run(self.apply, meddle)

    def request(self) -> EditRequest:
        """Give what is asked for."""
        stanza = Stanza(b"EMSMTA", ((b"Disable", self.case.value.encode()),))
        return EditRequest(str(self.path), stanza, self.case.present, self.case.old is None, self.case.backup)

    def data(self) -> bytes | None:
        """Give the bytes of the file, None when there is none."""
        return self.path.read_bytes() if self.path.exists() else None

    def beside(self) -> list[str]:
        """Name all that lies beside the file."""
        return sorted(name for name in os.listdir(self.folder) if name != NAME)

    def ours(self) -> list[str]:
        """Name our own files that lie beside the file: temporary ones, and copies for the moment of the write."""
        return [name for name in self.beside() if OF_OURS.search(name)]

    def copies(self) -> list[bytes]:
        """Give the bytes of each copy that was kept for the moment of the write."""
        return [(self.folder / name).read_bytes() for name in self.beside() if name.endswith(".old")]

    def wanted_is_read(self) -> bool:
        """Tell whether Windows reads what was asked for."""
        value = read_value(parse(self.data() or b""), b"EMSMTA", b"Disable")
        return value == (self.case.value.encode() if self.case.present else None)

    def is_old_or_new(self) -> bool:
        """Tell whether the file holds the old bytes, the new ones, or the new ones and trailing blank lines."""
        data = self.data()
        if data == self.case.old:
            return True
        return data is not None and data.startswith(self.new) and not data[len(self.new) :].strip(b"\r\n")

    def backups_are_whole(self) -> bool:
        """Tell whether each backup holds the old bytes."""
        old = self.case.old or b""
        kept = [name for name in self.beside() if name not in self.ours()]
        return all(name == backup_name(NAME, old) and (self.folder / name).read_bytes() == old for name in kept)

    def _find_new(self) -> bytes:
        self.reset()
        self.apply()
        new = self.data()
        assert new is not None
        assert new != self.case.old
        return new


def folder_of(edit: Edit) -> dict[str, bytes]:
    """Give name and bytes of each file in the folder of an edit."""
    return {entry.name: entry.read_bytes() for entry in edit.folder.iterdir()}

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A drive whose owner swaps its file and folders for links to root's own files, as often as he can."""

from __future__ import annotations

import ctypes
import mmap
import os
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.faults.children import NOBODY, become_nobody, running
from tests.unit.drive_trees import state_of

OLD = b"[EMSMTA]\r\nDisable=0\r\n[Common]\r\nPort=1745\r\n"
SECRET = b"[EMSMTA]\r\nDisable=0\r\nKey=SECRET of root\r\n"
NAME = "Mspclnt.ini"
WINDOWS_PATH = f"C:\\Mspclnt\\{NAME}"
POINTER = b"[Microsoft Proxy Service]\r\nIni File Path=C:\\Mspclnt\\Mspclnt.ini\r\n"
AT_CURRENT_FOLDER, EXCHANGE = -100, 2
LONG_AGO = 86_400

_LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(one: Path, other: Path) -> None:
    """Swap two names at once, as renameat2 does with RENAME_EXCHANGE; what is not there is left."""
    _LIBC.renameat2(AT_CURRENT_FOLDER, os.fsencode(one), AT_CURRENT_FOLDER, os.fsencode(other), EXCHANGE)


class Trap:
    """A drive of the user nobody, beside a folder that is root's alone."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.drive = base / "drive"
        self.folder = self.drive / "Mspclnt"
        self.file = self.folder / NAME
        self.outside = base / "outside"
        self.swaps = (
            (self.folder, self.drive / "folder-link"),
            (self.file, self.folder / "file-link"),
            (self.drive / "WINNT", self.drive / "system-link"),
        )
        base.chmod(0o755)
        self._build()

    def _build(self) -> None:
        for path, data in (
            (self.file, OLD),
            (self.drive / "WINNT" / "System.ini", POINTER),
            (self.drive / "Exchsrvr" / "Bin" / "EMSMTA.EXE", b"MZ"),
            (self.outside / NAME, SECRET),
            (self.outside / "System.ini", b"[SECRET]\r\n" + POINTER),
            (self.outside / "EMSMTA.EXE", b"MZ"),
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (self.drive / "folder-link").symlink_to(self.outside)
        (self.folder / "file-link").symlink_to(f"../../outside/{NAME}")
        (self.drive / "system-link").symlink_to("../outside")
        self.outside.chmod(0o700)
        for path in (self.drive, *self.drive.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        for path in self.outside.iterdir():
            path.chmod(0o600)
            # So that a file system with relatime would note each first reading.
            os.utime(path, (path.stat().st_mtime - LONG_AGO, path.stat().st_mtime))
        self._before = self._state()

    def untouched(self) -> bool:
        """Tell whether nothing outside was read, changed or made."""
        return self._state() == self._before

    def _state(self) -> object:
        times = {path.name: path.stat().st_atime_ns for path in self.outside.iterdir()}
        return times, sorted(entry.name for entry in self.base.iterdir()), _contents(self.outside)

    def restore(self) -> None:
        """Put the file back as it was, whatever the swapper or an edit left."""
        for one, other in self.swaps:
            if one.is_symlink():
                exchange(one, other)

    @contextmanager
    def swapping(self) -> Iterator[Flips]:
        """Have the owner swap all three meanwhile."""
        flips = Flips()
        with running(lambda: flips.run(self.swaps)):
            yield flips


def _contents(folder: Path) -> object:
    times = {path: (path.stat().st_atime_ns, path.stat().st_mtime_ns) for path in folder.iterdir()}
    state = state_of(folder)
    for path, both in times.items():
        os.utime(path, ns=both)
    # Putting the times back changed this one.
    return {path: (mode, number, written, data) for path, (mode, number, written, _changed, data) in state.items()}


class Flips:
    """Counts the swaps of another process."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 8)

    @property
    def count(self) -> int:
        """Give how many there were."""
        return int(struct.unpack("Q", self._shared[:8])[0])

    def run(self, swaps: Sequence[tuple[Path, Path]]) -> None:
        """Swap as the user nobody, without end."""
        become_nobody()
        count = 0
        while True:
            for index, (one, other) in enumerate(swaps):
                # At differing paces, so that each is met with the others in either state.
                if count % (index + 1) == 0:
                    exchange(one, other)
            count += 1
            self._shared[:8] = struct.pack("Q", count)

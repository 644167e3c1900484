# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Folders that stand for drives, and a watch over what is opened."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ServerError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.protocols import Entry

EVENTS = ("open", "os.listdir", "os.scandir")
# Python loads a code page when it is first used.
LIBRARY = os.path.dirname(os.__file__)

_watches: list[list[str]] = []


def write(path: Path, data: bytes = b"") -> Path:
    """Write a file, and make the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def build(folder: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write files named as ``C/WINNT/System.ini``; give the drives: each first name is a letter."""
    for name, data in files.items():
        write(folder / name, data)
    return {letter: str(folder / letter) for letter in sorted({name.partition("/")[0] for name in files})}


def state_of(folder: Path) -> dict[str, Any]:
    """Give all that a writer could change below a folder."""
    state: dict[str, Any] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        data = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        state[os.fspath(path)] = (status.st_mode, status.st_ino, status.st_mtime_ns, status.st_ctime_ns, data)
    return state


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give the paths of all files that are opened and folders that are listed meanwhile."""
    paths: list[str] = []
    _watches.append(paths)
    try:
        yield paths
    finally:
        _watches.remove(paths)


def outside(opened: list[str], folder: object) -> list[str]:
    """Give what was opened and does not surely lie below a folder."""
    return [path for path in opened if path[:1] in "/!" and path != str(folder) and not path.startswith(f"{folder}/")]


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event in EVENTS and _watches and not isinstance(arguments[0], int):
        path = os.fsdecode(arguments[0] or ".")
        if event == "open" and path[:1] != "/" and path != "." and not arguments[2] & os.O_NOFOLLOW:
            path = f"!{path} was opened without a folder of its own, or followed"
        if not path.startswith(LIBRARY):
            for paths in _watches:
                paths.append(path)


# A hook cannot be taken away again; without a watch it does nothing.
sys.addaudithook(_note)

INI = "C:\\Mspclnt\\Mspclnt.ini"


def drive(folder: Path, **more: Any) -> DriveFiles:
    return DriveFiles({"C": str(folder)}, **more)


def found(folder: Path, path: str) -> Entry:
    entry = drive(folder).find(path)
    assert entry is not None
    return entry


def refusal(folder: Path, path: str) -> str:
    with pytest.raises(ServerError) as caught:
        drive(folder).find(path)
    assert path in str(caught.value)
    return str(caught.value)

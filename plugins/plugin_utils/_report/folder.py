# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a report: its files are there as they were, or new, and never in between.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from ...module_utils._errors import UserError

# They name servers and what is wrong with them.
MODE, FOLDER_MODE = 0o640, 0o750
# A server takes some five thousand bytes of report.json.
LARGEST = 100_000_000
# Behind the dot that hides it; a file so called that is older than an hour was left by a run that was killed.
PREFIX, OLD = ".report.", 3600
HOW = "by the option folder, or in the playbooks by the variable emsmta_audit_folder."


class CannotWrite(UserError):
    """A file of the report, or its folder, cannot be read or written."""


def read(file: Path) -> bytes | None:
    """Give the bytes of a file; None where there is none, nothing where it is larger than LARGEST.

    Raises:
        CannotWrite: it is there and cannot be read. It would be overwritten unread.
    """
    try:
        # A pipe must not hold up the run.
        with open(file, "rb", opener=lambda path, flags: os.open(path, flags | os.O_NONBLOCK)) as handle:
            found = os.fstat(handle.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CannotWrite(f"Cannot read the last report, {file}: it is no file. Give another folder, {HOW}")
            return handle.read() if found.st_size <= LARGEST else b""
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CannotWrite(
            f"Cannot read the last report, {file}: {error.strerror}. Give another folder, {HOW}"
        ) from error


def try_to_write(folder: Path) -> None:
    """Make the folder when it is missing, and see that a file can be written there.

    Raises:
        CannotWrite: it cannot, or what lies there cannot be read.
    """
    read(folder / "report.json")
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _cannot_write(folder, error) from error


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder, which is made when missing; all are written beside their names, and then renamed.

    Raises:
        CannotWrite: they could not be written. All are as they were, unless one cannot be renamed: then those before it
            are new.
    """
    beside: list[Path] = []
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        _remove_left(folder)
        for data in files.values():
            beside.append(_written(folder, data))
        for name in files:
            os.replace(beside[0], folder / name)
            del beside[0]
    except OSError as error:
        raise _cannot_write(folder, error) from error
    finally:
        for file in beside:
            _remove(file)


def _cannot_write(folder: Path, error: OSError) -> CannotWrite:
    why = error.strerror or error
    return CannotWrite(f"Cannot write the report to {folder}: {why}. Give a folder that this user can write, {HOW}")


def _written(folder: Path, data: bytes) -> Path:
    """Write a file of a name of its own."""
    handle, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(data)
            new.flush()
            os.fchmod(handle, MODE)
            os.fsync(handle)
    except BaseException:
        _remove(Path(name))
        raise
    return Path(name)


def _remove_left(folder: Path) -> None:
    """Remove what runs have left that were killed while they wrote."""
    for file in folder.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if file.lstat().st_mtime < time.time() - OLD:
                file.unlink()


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()

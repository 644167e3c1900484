# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder of a report: its files are there as they were, or new, and never in between.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ...module_utils._errors import UserError

# They name servers and what is wrong with them.
MODE, FOLDER_MODE = 0o640, 0o750
HOW = "by the option folder, or in the playbooks by the variable emsmta_audit_folder."


class CannotWrite(UserError):
    """A file of the report, or its folder, cannot be read or written."""


def read(file: Path) -> bytes | None:
    """Give the bytes of a file; None where there is none.

    Raises:
        CannotWrite: it is there and cannot be read. It would be overwritten unread.
    """
    try:
        return file.read_bytes()
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
    """Write files into a folder, which is made when missing; each is written beside its name, and then renamed.

    Raises:
        CannotWrite: one of them could not be written. Those before it are new, the others as they were.
    """
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        for name, data in files.items():
            _replace(folder / name, data)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(folder: Path, error: OSError) -> CannotWrite:
    why = error.strerror or error
    return CannotWrite(f"Cannot write the report to {folder}: {why}. Give a folder that this user can write, {HOW}")


def _replace(file: Path, data: bytes) -> None:
    handle, beside = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(new.fileno())
        os.chmod(beside, MODE)
        os.replace(beside, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise

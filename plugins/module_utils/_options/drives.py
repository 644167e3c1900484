# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option ``drives``: visible drives, checked before anything on them is looked at.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
import stat
from typing import Any, Mapping

from .._errors import OptionError


def drives_from(option: Mapping[Any, Any] | None) -> dict[str, str]:
    """Check the option ``drives``.

    option: drive letters, with or without ``:`` or ``:\\``, and the absolute paths of folders
        that exist and do not lie in each other.

    Gives the folders by capital letters. Raises OptionError.
    """
    if not option:
        raise OptionError(
            "drives: it is empty; name the visible drives, for example {C: /mnt/ex01-c}, or reach the server by the "
            "connection legacy_exchange.winsock_proxy.smb"
        )
    drives: dict[str, str] = {}
    for key, folder in option.items():
        letter = str(key).rstrip(":\\").upper()
        if len(letter) != 1 or not "A" <= letter <= "Z" or not str(key).isascii():
            raise OptionError(f"drives: {key!r} is no drive letter; write, for example, {{C: /mnt/ex01-c}}")
        if letter in drives:
            raise OptionError(f"drives: drive {letter}: is given twice")
        if not isinstance(folder, str) or not folder.startswith("/"):
            raise OptionError(f"drives: the folder of drive {letter}: is {folder!r}; give an absolute path")
        _check_folder(letter, folder)
        drives[letter] = folder
    _refuse_overlap(drives)
    return drives


def _check_folder(letter: str, folder: str) -> None:
    """Refuse what is no folder, and an empty one: so looks a drive that was not mounted."""
    fault = _fault_of_folder(folder)
    if fault:
        raise OptionError(f"drives: the folder of drive {letter}:, {folder}, {fault}")


def _fault_of_folder(folder: str) -> str:
    try:
        mode = os.stat(folder).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "is a link that leads nowhere" if os.path.islink(folder) else "does not exist"
    except PermissionError:
        return "is closed to this user"
    except OSError as error:
        return f"cannot be looked at ({error.strerror})"
    except ValueError:  # a NUL, or a lone surrogate
        return "does not exist"
    if not stat.S_ISDIR(mode):
        return "is no folder"
    try:
        return "" if os.listdir(folder) else "is empty; mount the drive there, or leave it out"
    except OSError:
        return ""  # it is there; who looks into it is told why that fails


def _refuse_overlap(drives: Mapping[str, str]) -> None:
    reals = {letter: os.path.realpath(folder).rstrip("/") + "/" for letter, folder in drives.items()}
    for letter, real in reals.items():
        other = next((other for other in reals if other != letter and reals[other].startswith(real)), None)
        if other is not None:
            raise OptionError(
                f"drives: {drives[other]} (drive {other}:) lies in {drives[letter]} (drive {letter}:); "
                "give each drive a folder of its own"
            )


__all__ = ("drives_from",)

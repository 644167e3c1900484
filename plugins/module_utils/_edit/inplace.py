# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replace the bytes of an open file in place, so that a cut leaves it old or new.

PRIVATE to the collection: no part of this file is a public interface.

For file systems where a rename would lose an attribute, an ACL, a short name or a second
link, and for SMB. One write of the changed range is all that can be interrupted; what
Windows ignores at the end of a profile, blank lines, fills the old length meanwhile.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Callable

from .._server.errors import ConnectionLost, ServerError


class NotRestored(ServerError):
    """A write failed, and the old bytes could not be put back; the text says where they are."""


class Handle(ABC):
    """One open file that can be read and written."""

    @abstractmethod
    def read(self) -> bytes:
        """Read the whole file."""

    @abstractmethod
    def fits(self, offset: int, length: int) -> bool:
        """Tell whether a write of this range is made as a whole or not at all."""

    @abstractmethod
    def write(self, offset: int, data: bytes) -> None:
        """Write data at offset, or raise."""

    @abstractmethod
    def truncate(self, size: int) -> None:
        """Set the size of the file."""

    @abstractmethod
    def flush(self) -> None:
        """Have the file written to the disk."""


def replace_in_place(handle: Handle, old: bytes, new: bytes, keep: Callable[[], str]) -> None:
    """Replace old bytes by new ones through one handle, and read them back.

    ``keep`` saves the old bytes beside the file and names that copy; it is called where the
    change needs more than one write. An error that the handle raises is passed on after the
    old bytes were put back; NotRestored says so when they could not be. ConnectionLost is
    passed on as it is, also while old bytes are put back: nothing can be through a handle that
    is gone.
    """
    start, body = changed_range(old, new)
    copy = "" if handle.fits(start, len(body)) else keep()
    try:
        handle.write(start, body)
        if len(new) < len(old):
            handle.truncate(len(new))
        handle.flush()
        if handle.read() != new:
            raise ServerError("what was read back is not what was written")
    except ConnectionLost:
        raise
    except BaseException as error:
        _put_back(handle, min(start, len(new)), old, lambda: copy or keep(), error)
        raise


def changed_range(old: bytes, new: bytes) -> tuple[int, bytes]:
    """Give the offset and the bytes of the one write that turns old into new.

    Where new is shorter, line ends fill it up to the old length.
    """
    spare = len(old) - len(new)
    body = new + b"\r\n" * (spare // 2) + b"\n" * (spare % 2) if spare > 0 else new
    start = _common_length(old, body)
    end = len(body)
    if len(body) == len(old):
        end -= _common_length(old[start:][::-1], body[start:][::-1])
    return start, body[start:end]


def is_torn(now: bytes, old: bytes, new: bytes) -> bool:
    """Tell whether a replacement of old bytes by new ones that was cut short, or its undoing, leaves these bytes.

    Then they are the old bytes, but for one piece of the changed range.
    """
    start, body = changed_range(old, new)
    begin = max(_common_length(now, old), start)
    end = begin + _common_length(now[begin:], body[begin - start :])
    return now[:start] == old[:start] and now[end:] == old[end:]


def _common_length(one: bytes, other: bytes) -> int:
    """Count the bytes that two strings have in common at their start, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _put_back(handle: Handle, start: int, old: bytes, keep: Callable[[], str], cause: BaseException) -> None:
    try:
        restored = handle.read() == old
        if not restored:
            handle.write(start, old[start:])
            handle.truncate(len(old))
            handle.flush()
            restored = handle.read() == old
    except ConnectionLost:
        raise
    except Exception:
        restored = False
    if not restored:
        raise NotRestored(f"{cause}; the old bytes could not be put back, {_where_kept(keep)}") from cause


def _where_kept(keep: Callable[[], str]) -> str:
    try:
        return f"they are in {keep()}"
    except Exception as error:
        return f"nor be saved beside the file ({error})"


__all__ = ("Handle", "NotRestored", "changed_range", "is_torn", "replace_in_place")

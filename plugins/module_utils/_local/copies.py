# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a file's old bytes beside it: whether one is there, and what it holds.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import os
import re
from typing import Sequence

from .._server.errors import NameTaken, ServerError
from .hold import Moved, NotRegular, open_regular
from .reading import close_quietly, read_within_limit
from .spot import Spot


def must_copy(spot: Spot, name: str, data: bytes) -> bool:
    """Tell whether a copy of the old bytes is still to be made; raise NameTaken where something else has its name.

    A file that holds a beginning of these bytes is a copy of ours that was cut short.
    """
    descriptor = -1
    try:
        descriptor = open_regular(spot.folder, name, spot.beside(name))
        # A second link to the edited file would not keep these bytes for long.
        kept = read_within_limit(descriptor, name) if os.fstat(descriptor).st_nlink == 1 else None
    except (OSError, ServerError, Moved, NotRegular) as error:
        if _is_nothing_there(spot, name):
            return True
        raise NameTaken(spot.beside(name), spot.path) from error
    finally:
        close_quietly(descriptor)
    if kept is None or not data.startswith(kept):
        raise NameTaken(spot.beside(name), spot.path)
    return kept != data


def _is_nothing_there(spot: Spot, name: str) -> bool:
    try:
        os.stat(name, dir_fd=spot.folder, follow_symlinks=False)
    except OSError:
        return True
    return False


def left_by_killed(spot: Spot, names: Sequence[str]) -> Sequence[tuple[str, bytes]]:
    """Give path and bytes of those copies that a killed run left for this file; ``names`` have the ending of such."""
    ending = re.compile(re.escape(spot.name) + r"\.[0-9a-f]{8}\.winsock_proxy\.old")
    return [(spot.beside(name), _bytes_of(spot, name)) for name in sorted(filter(ending.fullmatch, names))]


def _bytes_of(spot: Spot, name: str) -> bytes:
    """Give the bytes of a copy beside a file, none where they cannot be read."""
    descriptor = -1
    try:
        descriptor = open_regular(spot.folder, name, spot.beside(name))
        return read_within_limit(descriptor, name)
    except (OSError, ServerError, Moved, NotRegular):
        return b""
    finally:
        close_quietly(descriptor)


__all__ = ("left_by_killed", "must_copy")

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why bytes are no 8-bit private profile, in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

CONVERT = (
    "these files must be 8-bit text (KB Q181420): save it as ANSI text, "
    "for example with 'iconv -f UTF-16 -t CP1252 OLD > NEW'"
)


def why_refused(data: bytes, marked: bool) -> str:
    """Say what bytes are that have a NUL byte, or are ``marked`` as UTF-16 text by a byte order mark."""
    if marked:
        return f"it is saved as Unicode (UTF-16, with a byte order mark); {CONVERT}"
    half = len(data) // 2
    if data[0::2].count(0) >= 0.4 * half or data[1::2].count(0) >= 0.4 * half:
        return f"it looks like Unicode (UTF-16, without a byte order mark); {CONVERT}"
    return f"it holds a NUL byte at offset {data.index(0)}; this is no private profile: restore it from a good copy"


__all__ = ("why_refused",)

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in SMB1 messages: in Unicode, or in the server's OEM code page (MS-CIFS section 2.2.1.1). Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from ...module_utils._server.errors import ServerError


def encode_name(name: str, unicode: bool) -> bytes:
    """Encode a name.

    Raises ServerError for what a server without Unicode may not read as we would.
    """
    return name.encode("utf-16-le") if unicode else _encode_oem(name)


def decode_name(raw: bytes, unicode: bool) -> str:
    """Decode a name that a server told, without the zeros behind it."""
    return (raw.decode("utf-16-le", "replace") if unicode else raw.decode("cp437")).rstrip("\0")


def _encode_oem(name: str) -> bytes:
    """Encode a name for a code page that is not known: the two usual ones, 437 and 850, must write it alike."""
    try:
        encoded = name.encode("cp437")
        if encoded == name.encode("cp850"):
            return encoded
    except UnicodeEncodeError:
        pass
    raise ServerError(
        f"{name.partition(chr(0))[0]}: this server takes no Unicode names, and its code page may not write this one as "
        "we would: give the short (8.3) name, or one in plain ASCII"
    )


__all__ = ("decode_name", "encode_name")

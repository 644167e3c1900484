# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logons where the server offers no extended security, as Windows NT 4.0 does: responses and request. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
import time
from dataclasses import dataclass, field

from .answer import HEADER
from .request import (
    NO_ANDX,
    SESSION_SETUP,
    Request,
)

# What this client can do: status codes, large reads and writes, Unicode (MS-CIFS section 2.2.4.53.1).
CAPABILITIES = 0x40 | 0x4000 | 0x8000 | 0x4


@dataclass(frozen=True)
class Account:
    """Who logs on, and how. Its text never shows the password."""

    user: str
    password: str = field(repr=False)
    domain: str
    auth: str


def ntlmv2_responses(hashed: bytes, challenge: bytes, account: Account) -> tuple[bytes, bytes]:
    """Give the LMv2 and NTLMv2 responses (MS-NLMP section 3.3.2), which NT 4.0 SP4 understands."""
    name = (account.user.upper() + account.domain).encode("utf-16-le")
    key = hmac.new(hashed, name, hashlib.md5).digest()
    own = os.urandom(8)
    now = int((time.time() + 11644473600) * 10_000_000)
    blob = b"\x01\x01" + bytes(6) + struct.pack("<Q", now) + own + bytes(12)
    lm = hmac.new(key, challenge + own, hashlib.md5).digest() + own
    return lm, hmac.new(key, challenge + blob, hashlib.md5).digest() + blob


def session_setup(lm: bytes, nt: bytes, names: bytes, *, wide: bool, buffer: int, key: int) -> Request:
    """Log on with these responses.

    Args:
        names: of the user, the domain, the system and the program, each with a zero behind it.
        wide: they are in Unicode, and begin at an even place of the message.
        buffer: the most bytes that the server takes in a message.
        key: what the server called its session.
    """
    words = struct.pack(
        "<BBHHHHIHHII", *NO_ANDX, 0xFFFF & max(buffer, 4356), 2, 1, key, len(lm), len(nt), 0, CAPABILITIES
    )
    place = HEADER + 1 + len(words) + 2 + len(lm) + len(nt)
    return Request(SESSION_SETUP, words, lm + nt + b"\0" * (place % 2 if wide else 0) + names)


__all__ = ("Account", "ntlmv2_responses", "session_setup")

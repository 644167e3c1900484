# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses to a server's challenge where it offers no extended security, as Windows NT 4.0 does (MS-NLMP).

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from .layout import UCHAR, ULONG, ULONGLONG, USHORT, pack, structure

# From 1601, where a FILETIME begins, to 1970 (MS-DTYP section 2.3.3).
FILETIME_EPOCH_SECONDS = 11644473600


@dataclass(frozen=True)
class Account:
    """Who logs on, and how. Its text never shows the password."""

    user: str
    password: str = field(repr=False)
    domain: str
    auth: str


class Responses(NamedTuple):
    """The two responses to a challenge."""

    lm: bytes
    nt: bytes


@structure
class ClientChallenge(NamedTuple):
    """NTLMv2_CLIENT_CHALLENGE with no attributes but their end, and what stands behind it (MS-NLMP 2.2.2.7, 3.3.2)."""

    resp_type: UCHAR = 1
    hi_resp_type: UCHAR = 1
    reserved1: USHORT = 0
    reserved2: ULONG = 0
    time_stamp: ULONGLONG = 0
    challenge_from_client: Annotated[bytes, "8s"] = b""
    reserved3: ULONG = 0
    av_id: USHORT = 0
    av_len: USHORT = 0
    end: ULONG = 0


def ntlmv2_responses(nt_hash: bytes, server_challenge: bytes, account: Account) -> Responses:
    """Give the LMv2 and NTLMv2 responses (MS-NLMP section 3.3.2), which NT 4.0 SP4 understands."""
    name = (account.user.upper() + account.domain).encode("utf-16-le")
    key = hmac.new(nt_hash, name, hashlib.md5).digest()
    client_challenge = os.urandom(8)
    now = int((time.time() + FILETIME_EPOCH_SECONDS) * 10_000_000)
    blob = pack(ClientChallenge(time_stamp=now, challenge_from_client=client_challenge))
    lm_proof = hmac.new(key, server_challenge + client_challenge, hashlib.md5).digest()
    nt_proof = hmac.new(key, server_challenge + blob, hashlib.md5).digest()
    return Responses(lm_proof + client_challenge, nt_proof + blob)


__all__ = ("Account", "Responses", "ntlmv2_responses")

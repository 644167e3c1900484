# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses to a server's challenge, and the messages that carry them where it offers extended security (MS-NLMP).

PRIVATE to the collection: no part of this file is a public interface.

Windows NT 4.0 offers none: it sends its challenge with the dialect, and takes the bare responses.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from ...module_utils._server.errors import ConnectionLost
from ...module_utils._server.upcase import upper
from .layout import SECONDS_TO_1970, TICKS, UCHAR, ULONG, ULONGLONG, USHORT, pack, structure, unpack


@dataclass(frozen=True)
class Account:
    """Who logs on, and how. Its text never shows the password."""

    user: str
    password: str = field(repr=False)
    domain: str
    auth: str


class Responses(NamedTuple):
    """The two responses to a challenge, and the key that both sides have from then on."""

    lm: bytes
    nt: bytes
    session_key: bytes


@structure
class ClientChallenge(NamedTuple):
    """NTLMv2_CLIENT_CHALLENGE before its attributes (MS-NLMP section 2.2.2.7)."""

    resp_type: UCHAR = 1
    hi_resp_type: UCHAR = 1
    reserved1: USHORT = 0
    reserved2: ULONG = 0
    time_stamp: ULONGLONG = 0
    challenge_from_client: Annotated[bytes, "8s"] = b""
    reserved3: ULONG = 0


# The attribute that ends a list of them, and what stands behind the list (MS-NLMP sections 2.2.2.1 and 3.3.2).
NO_ATTRIBUTES, BEHIND_ATTRIBUTES = b"\0\0\0\0", b"\0\0\0\0"


def ntlmv2_responses(
    nt_hash: bytes, server_challenge: bytes, account: Account, target_info: bytes = NO_ATTRIBUTES
) -> Responses:
    """Give the LMv2 and NTLMv2 responses (MS-NLMP section 3.3.2), which NT 4.0 SP4 understands.

    target_info: the attributes that the server sent with its challenge, whichever they are.
    """
    name = (upper(account.user) + account.domain).encode("utf-16-le")
    key = _hmac(nt_hash, name)
    client_challenge = os.urandom(8)
    now = int((time.time() + SECONDS_TO_1970) * TICKS)
    head = pack(ClientChallenge(time_stamp=now, challenge_from_client=client_challenge))
    blob = head + (target_info or NO_ATTRIBUTES) + BEHIND_ATTRIBUTES
    proof = _hmac(key, server_challenge + blob)
    return Responses(
        _hmac(key, server_challenge + client_challenge) + client_challenge, proof + blob, _hmac(key, proof)
    )


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.md5).digest()


NO_WORKSTATION = ""
SIGNATURE = b"NTLMSSP\0"
# Bits of NegotiateFlags (MS-NLMP section 2.2.2.5).
UNICODE, REQUEST_TARGET, SIGN, SEAL, NTLM, ALWAYS_SIGN = 0x1, 0x4, 0x10, 0x20, 0x200, 0x8000
EXTENDED_SESSION_SECURITY, TARGET_INFO, KEY_128, KEY_EXCHANGE, KEY_56 = 0x80000, 0x800000, 2**29, 2**30, 2**31
# What is asked for always; what the server need not repeat; and what is asked for where messages must be signed.
ASKED = UNICODE | REQUEST_TARGET | NTLM | EXTENDED_SESSION_SECURITY | KEY_128 | KEY_56
KEPT = UNICODE | REQUEST_TARGET | NTLM | TARGET_INFO | KEY_56
SIGNING = SIGN | SEAL | ALWAYS_SIGN | KEY_EXCHANGE


@structure
class NegotiateMessage(NamedTuple):
    """NEGOTIATE_MESSAGE without a domain and a workstation (MS-NLMP section 2.2.1.1)."""

    signature: Annotated[bytes, "8s"] = SIGNATURE
    message_type: ULONG = 1
    negotiate_flags: ULONG = 0
    domain_name_fields: Annotated[bytes, "8s"] = b""
    workstation_fields: Annotated[bytes, "8s"] = b""


@structure
class ChallengeMessage(NamedTuple):
    """CHALLENGE_MESSAGE up to the place of its attributes (MS-NLMP section 2.2.1.2)."""

    signature: Annotated[bytes, "8s"]
    message_type: ULONG
    target_name_fields: Annotated[bytes, "8s"]
    negotiate_flags: ULONG
    server_challenge: Annotated[bytes, "8s"]
    reserved: Annotated[bytes, "8s"]
    target_info_len: USHORT
    target_info_max_len: USHORT
    target_info_buffer_offset: ULONG


@structure
class Field(NamedTuple):
    """Where a field of an AUTHENTICATE_MESSAGE stands (MS-NLMP section 2.2.1.3)."""

    length: USHORT
    max_length: USHORT
    buffer_offset: ULONG


class Challenge(NamedTuple):
    """What a server's challenge holds."""

    flags: int
    challenge: bytes
    target_info: bytes


def negotiate_message(ntlmv2: bool, signing: bool) -> tuple[int, bytes]:
    """Give the flags that are asked for, and the first message of a logon."""
    flags = ASKED | (TARGET_INFO if ntlmv2 else 0) | (SIGNING if signing else 0)
    return flags, pack(NegotiateMessage(negotiate_flags=flags))


def challenge_in(blob: bytes) -> Challenge:
    """Find the challenge in what a server sent; raise ConnectionLost where there is none, or not all of it."""
    begin = blob.find(SIGNATURE + b"\2\0\0\0")
    if begin < 0:
        raise ConnectionLost("the server sent no challenge")
    token = blob[begin:]
    found = unpack(ChallengeMessage, token, what="challenge")
    start = found.target_info_buffer_offset
    target_info = token[start : start + found.target_info_len]
    if len(target_info) != found.target_info_len:
        raise ConnectionLost("the server's challenge is shorter than it must be")
    return Challenge(found.negotiate_flags, found.server_challenge, target_info)


def authenticate_message(flags: int, responses: Responses, account: Account, encrypted_key: bytes) -> bytes:
    """Give the last message of a logon; encrypted_key: empty without an exchange of keys."""
    names = [name.encode("utf-16-le") for name in (account.domain, account.user, NO_WORKSTATION)]
    parts = [responses.lm, responses.nt, *names, encrypted_key]
    head, offset = SIGNATURE + b"\3\0\0\0", 64
    for part in parts:
        head += pack(Field(len(part), len(part), offset))
        offset += len(part)
    return head + flags.to_bytes(4, "little") + b"".join(parts)


# Object identifiers of SPNEGO and of NTLM in it, as DER writes them (RFC 4178 section 4.2, MS-SPNG section 1.9).
SPNEGO_OID, NTLM_OID = bytes.fromhex("06062b0601050502"), bytes.fromhex("060a2b06010401823702020a")
SEQUENCE, OCTETS, APPLICATION, TAG = 0x30, 0x04, 0x60, 0xA0


def first_token(message: bytes) -> bytes:
    """Wrap the first message of a logon (RFC 4178 section 4.2.1)."""
    offer = _der(TAG, _der(SEQUENCE, NTLM_OID)) + _der(TAG + 2, _der(OCTETS, message))
    return _der(APPLICATION, SPNEGO_OID + _der(TAG, _der(SEQUENCE, offer)))


def next_token(message: bytes) -> bytes:
    """Wrap another message of a logon (RFC 4178 section 4.2.2)."""
    return _der(TAG + 1, _der(SEQUENCE, _der(TAG + 2, _der(OCTETS, message))))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag,)) + (bytes((length,)) if length < 0x80 else bytes((0x80 | len(size),)) + size) + content


__all__ = (
    "KEPT",
    "KEY_EXCHANGE",
    "NO_ATTRIBUTES",
    "NTLM",
    "Account",
    "Challenge",
    "Responses",
    "authenticate_message",
    "challenge_in",
    "first_token",
    "negotiate_message",
    "next_token",
    "ntlmv2_responses",
)

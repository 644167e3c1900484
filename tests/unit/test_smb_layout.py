# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structures on the wire: named fields there and back, each as long as its specification says."""

from __future__ import annotations

import struct
from typing import Annotated, NamedTuple

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import ConnectionLost
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import (
    answer,
    header,
    ntlm,
    registry,
    request,
    rpc,
    transaction,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.layout import (
    UCHAR,
    ULONG,
    ULONGLONG,
    USHORT,
    pack,
    size_of,
    structure,
    unpack,
)


@structure
class Example(NamedTuple):
    """One field of each type."""

    small: UCHAR
    text: Annotated[bytes, "3s"] = b""
    short: USHORT = 0
    long: ULONG = 0
    longest: ULONGLONG = 0


RAW = bytes.fromhex("01 616200 0302 07060504 0f0e0d0c0b0a0908")
FIELDS = Example(1, b"ab\0", 0x0203, 0x04050607, 0x08090A0B0C0D0E0F)
# A specification counts the words of a message in pairs of bytes.
WORDS: dict[type, int] = {
    answer.DialectAnswer: 1,
    answer.NegotiateAnswer: 17,
    request.SessionSetup: 13,
    request.ExtendedSessionSetup: 12,
    request.TreeConnect: 4,
    request.Create: 24,
    request.Read: 12,
    request.Write: 14,
    request.CoreWrite: 5,
    request.Flush: 1,
    request.Close: 3,
    request.Delete: 1,
    transaction.Transaction: 14,
    answer.SessionSetupAnswer: 3,
    answer.CreateAnswer: 34,
    answer.ReadAnswer: 12,
    answer.WriteAnswer: 6,
    answer.TransactionAnswer: 10,
}
BYTES: dict[type, int] = {
    header.SmbHeader: 32,
    transaction.BasicInfo: 36,
    transaction.QueryFs: 2,
    transaction.FsAttributeInfo: 12,
    transaction.NetShareInfo0: 13,
    ntlm.ClientChallenge: 28,
    ntlm.NegotiateMessage: 32,
    ntlm.ChallengeMessage: 48,
    ntlm.Field: 8,
    rpc.Header: 16,
    rpc.SyntaxId: 20,
    registry.OpenedKey: 24,
}


def test_there_and_back() -> None:
    assert pack(FIELDS) == RAW
    assert unpack(Example, RAW) == FIELDS
    assert unpack(Example, b"xy" + RAW + b"z", 2) == FIELDS


@pytest.mark.parametrize(("data", "offset"), [(RAW[:-1], 0), (RAW, 1), (b"", 0), (RAW, -1)])
def test_what_is_too_short(data: bytes, offset: int) -> None:
    with pytest.raises(ConnectionLost, match=r"^the server's list is shorter than it must be$"):
        unpack(Example, data, offset, "list")


def test_what_a_field_does_not_hold() -> None:
    with pytest.raises(struct.error):
        pack(Example(0x100))


@pytest.mark.parametrize("kind", WORDS, ids=lambda kind: kind.__name__)
def test_the_words_of_a_message(kind: type[tuple[int, ...]]) -> None:
    assert size_of(kind) == 2 * WORDS[kind]


@pytest.mark.parametrize("kind", BYTES, ids=lambda kind: kind.__name__)
def test_the_bytes_of_a_structure(kind: type[tuple[int, ...]]) -> None:
    assert size_of(kind) == BYTES[kind]

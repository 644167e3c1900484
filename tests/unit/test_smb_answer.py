# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers over SMB, taken apart: a list of shares that is not whole is none."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.errors import (
    ConnectionLost,
    ServerError,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.answer import Answer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.transaction import shares_in

MORE_DATA = 234
SHARES = b"".join(name.ljust(13, b"\0") for name in (b"C$", b"D$", b"mspclnt"))
READ, MID = 0x2E, 7


def told(status: int, count: int, available: int) -> bytes:
    """Give the parameters of the answer (MS-RAP section 2.5.6.2.2)."""
    return struct.pack("<HHHH", status, 0, count, available)


def test_a_whole_list_of_shares() -> None:
    assert shares_in(told(0, 3, 3), SHARES) == ["C$", "D$", "MSPCLNT"]


@pytest.mark.parametrize(
    "parameters", [told(MORE_DATA, 3, 4), told(0, 3, 4), told(5, 0, 0), told(0, 4, 4)], ids=lambda each: each.hex()
)
def test_a_list_of_shares_that_is_not_whole(parameters: bytes) -> None:
    with pytest.raises(ServerError, match="does not list all its shares"):
        shares_in(parameters, SHARES)


@pytest.mark.parametrize("parameters", [b"", told(0, 3, 3)[:7]])
def test_a_list_of_shares_without_its_head(parameters: bytes) -> None:
    with pytest.raises(ConnectionLost):
        shares_in(parameters, SHARES)


def message(command: int, mid: int) -> bytes:
    """Give an answer without words and bytes."""
    return b"\xffSMB" + bytes((command,)) + bytes(25) + struct.pack("<H", mid) + b"\0\0\0"


def test_an_answer_belongs_to_its_request() -> None:
    assert Answer(message(READ, MID), READ, MID).header.mid == MID
    for command, mid in ((READ, MID - 1), (READ + 1, MID)):
        with pytest.raises(ConnectionLost, match="no answer to the request"):
            Answer(message(command, mid), READ, MID)

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
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.answer import (
    Answer,
    CreateAnswer,
    changed_at,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.transaction import (
    file_system_in,
    shares_in,
)

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


# 2003-03-01T08:00:00Z, and as a FILETIME.
TIME = 1_046_505_600
FILETIME = (TIME + 11_644_473_600) * 10_000_000
SECOND = 10_000_000


@pytest.mark.parametrize(
    ("write", "change", "seconds"),
    [
        (FILETIME, FILETIME, TIME),
        (FILETIME + SECOND - 1, 0, TIME),
        (FILETIME, FILETIME + 5 * SECOND, TIME + 5),
        (FILETIME + 5 * SECOND, FILETIME, TIME + 5),
        # FAT has no time of a change, and a liar may tell anything.
        (FILETIME, 0, TIME),
        (FILETIME, 2**64 - 1, TIME),
        (0, FILETIME, None),
        (2**64 - 1, FILETIME, None),
        (1, 1, None),
    ],
)
def test_when_a_file_was_changed(write: int, change: int, seconds: int | None) -> None:
    words = CreateAnswer(
        andx=bytes(4),
        op_lock_level=0,
        fid=1,
        create_disposition=1,
        create_time=FILETIME + 99 * SECOND,
        last_access_time=FILETIME + 99 * SECOND,
        last_write_time=write,
        last_change_time=change,
        ext_file_attributes=0,
        allocation_size=0,
        end_of_file=0,
        resource_type=0,
        nm_pipe_status=0,
        directory=0,
    )
    assert changed_at(words) == seconds


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (struct.pack("<III", 7, 255, 8) + "NTFS".encode("utf-16-le"), "NTFS"),
        (struct.pack("<III", 6, 255, 6) + "FAT".encode("utf-16-le") + b"\0\0rest", "FAT"),
        (struct.pack("<III", 7, 255, 4) + b"NTFS", "NTFS"),
        (struct.pack("<III", 7, 255, 2**32 - 1) + b"NTFS", "NTFS"),
        (struct.pack("<III", 7, 255, 0), ""),
    ],
)
def test_the_name_of_a_file_system(data: bytes, name: str) -> None:
    assert file_system_in(data) == name


def test_a_file_system_without_its_head() -> None:
    with pytest.raises(ConnectionLost, match="answer about a file system is shorter"):
        file_system_in(bytes(11))

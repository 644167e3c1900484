# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a file was changed, as the server tells it, and whether its volume keeps local time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles

from tests.lab.lab import Lab
from tests.smb.callers import Caller

MINE = "C:\\Mspclnt\\Mspclnt.ini"
# 2003-03-01T08:00:00Z
TIME = 1_046_505_600


@pytest.fixture(scope="module")
def fat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A server whose volumes are FAT."""
    with Lab(tmp_path_factory.mktemp("fat"), 1, "fstype = FAT", drives="C") as started:
        folder = started.drive(started.addresses[0], "C") / "Mspclnt"
        folder.mkdir()
        (folder / "Mspclnt.ini").write_bytes(b"[EMSMTA]\r\n")
        yield started


@pytest.mark.parametrize("part_ns", [0, 1, 999_999_999])
def test_the_time_of_the_last_write_costs_no_request(caller: Caller, ini: Path, part_ns: int) -> None:
    ini.write_bytes(b"[EMSMTA]\r\n")
    os.utime(ini, ns=(0, TIME * 10**9 + part_ns))
    files = SmbFiles(caller.server())
    entry = files.find(MINE)
    assert entry is not None
    before = caller.requests
    assert files.written(entry) == TIME
    assert files.read(entry) == b"[EMSMTA]\r\n"
    assert caller.requests == before


def test_ntfs_keeps_utc(caller: Caller, ini: Path) -> None:
    ini.write_bytes(b"")
    files = SmbFiles(caller.server())
    entry = files.find(MINE)
    assert entry is not None
    before = caller.requests
    assert files.keeps_utc(entry)
    assert caller.requests == before + 1


def test_fat_keeps_local_time(fat: Lab) -> None:
    files = SmbFiles(Caller(fat.addresses[0], fat.port).server())
    entry = files.find(MINE)
    assert entry is not None
    assert not files.keeps_utc(entry)

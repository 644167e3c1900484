# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of the scenario `default`, after the role and the client's refresh."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from testinfra.host import Host

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / ".build" / "collections"), str(ROOT / "examples" / "demo")]

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (  # noqa: E402
    parse,
    read_value,
)
from fleet import FIX, MSPCLNT, ODD, ON_PURPOSE, STORE  # noqa: E402

# What each file must hold at the end, byte for byte; None for a file that is not there.
EXPECTED: dict[str, dict[str, bytes | None]] = {
    "ex01-exposed": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex02-protected": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex03-odd-spelling": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + b"[ emsmta ]\r\n\t disable = '1' \r\n"},
    "ex04-disable-0": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex05-on-purpose": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + ON_PURPOSE},
    "ex06-no-client": {"C/mspclnt/MSPCLNT.INI": None},
    "ex07-no-mta": {"C/mspclnt/MSPCLNT.INI": MSPCLNT},
    "ex08-wspcfg": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX, "D/EXCHSRVR/bin/WSPCFG.INI": STORE + FIX},
    "ex09-lost-pointer": {"C/mspclnt/MSPCLNT.INI": None},
    "ex10-odd-bytes": {"C/mspclnt/MSPCLNT.INI": ODD[:-1] + FIX + ODD[-1:]},
}
PROTECTED = [name for name, files in EXPECTED.items() if FIX in (files["C/mspclnt/MSPCLNT.INI"] or b"")]


@pytest.fixture
def drives(host: Host) -> Path:
    """The folder with the drives of one server."""
    return Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "fleet" / host.backend.get_hostname()


def test_every_file_holds_what_it_must(host: Host, drives: Path) -> None:
    for path, data in EXPECTED[drives.name].items():
        file = host.file(str(drives / path))
        assert file.exists == (data is not None), path
        if data is not None:
            assert (drives / path).read_bytes() == data, path


def test_windows_reads_the_fix_where_it_must(drives: Path) -> None:
    if drives.name in PROTECTED:
        profile = parse((drives / "C/mspclnt/MSPCLNT.INI").read_bytes())
        assert read_value(profile, b"EMSMTA", b"Disable") == b"1"


def test_old_bytes_are_kept_once_and_nothing_else_is_left(host: Host, drives: Path) -> None:
    folder = host.file(str(drives / "C/mspclnt"))
    names = folder.listdir() if folder.exists else []
    kept = [name for name in names if name.endswith(".bak")]
    expected = {"ex01-exposed": 1, "ex04-disable-0": 2, "ex08-wspcfg": 1, "ex10-odd-bytes": 1}
    assert len(kept) == expected.get(drives.name, 0)
    assert all(name.endswith(".bak") or name.upper() == "MSPCLNT.INI" for name in names)

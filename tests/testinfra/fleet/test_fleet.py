# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files behind the shares of the scenario `fleet`, and what Wine reads in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from testinfra.host import Host

ROOT = Path(__file__).resolve().parents[3]
LAB = ROOT / ".build" / "lab"
sys.path[:0] = [str(ROOT), str(ROOT / ".build" / "collections"), str(ROOT / "examples" / "demo")]

from fleet import FIX, MSPCLNT, ODD, ON_PURPOSE, STORE  # noqa: E402

from tests.judge.judge import Judge  # noqa: E402

# What each file must hold at the end, byte for byte.
EXPECTED = {
    "ex01-exposed": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex02-protected": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex03-odd-spelling": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + b"[ emsmta ]\r\n\t disable = '1' \r\n"},
    "ex04-disable-0": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX},
    "ex05-on-purpose": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + ON_PURPOSE},
    "ex07-no-mta": {"C/mspclnt/MSPCLNT.INI": MSPCLNT},
    "ex08-wspcfg": {"C/mspclnt/MSPCLNT.INI": MSPCLNT + FIX, "D/EXCHSRVR/bin/WSPCFG.INI": STORE + FIX},
    "proxy-09": {"C/Msp/Clients/MSPCLNT.INI": MSPCLNT + FIX},
    "ex10-odd-bytes": {"C/mspclnt/MSPCLNT.INI": ODD[:-1] + FIX + ODD[-1:]},
}


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Wine, which reads as Windows does."""
    with Judge() as started:
        yield started


def drives_of(host: Host) -> Path:
    """Give the folder with the drives of one server."""
    lab = json.loads((LAB / "inventory.json").read_text())
    name = host.backend.get_hostname()
    group = "proxies" if name in lab["proxies"]["hosts"] else "exchange"
    address = lab[group]["hosts"].get(name, {"ansible_host": "none"})["ansible_host"]
    return (LAB / "proxies" if group == "proxies" else LAB) / "hosts" / address


def test_every_file_holds_what_it_must(host: Host) -> None:
    for path, data in EXPECTED.get(host.backend.get_hostname(), {}).items():
        assert (drives_of(host) / path).read_bytes() == data, path


def test_wine_reads_the_fix_where_it_must(host: Host, judge: Judge) -> None:
    files = EXPECTED.get(host.backend.get_hostname(), {})
    protected = [data for data in files.values() if data.lower().count(b"[emsmta]") and ON_PURPOSE not in data]
    for answer in judge.dump(protected):
        found = answer.key(b"EMSMTA", b"Disable")
        assert found is not None
        assert found.value == b"1"

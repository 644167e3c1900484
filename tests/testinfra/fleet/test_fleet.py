# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files behind the shares of the scenario `fleet`, what Wine reads in them, and the last report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
# How the last audit found each, once the clients had fetched the master copy with the fix.
STATUSES = {
    "ex01-exposed": "protected",
    "ex02-protected": "protected",
    "ex03-odd-spelling": "protected",
    "ex04-disable-0": "protected",
    "ex05-on-purpose": "exposed",
    "ex06-no-client": "not_applicable",
    "ex07-no-mta": "not_applicable",
    "ex08-wspcfg": "protected",
    "ex09-lost-pointer": "unknown",
    "ex10-odd-bytes": "protected",
    "ex98-unreachable": "unreachable",
    "ex99-wrong-password": "unreachable",
}


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """The report of the last audit."""
    folder = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "report"
    report: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return report


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """Wine, which reads as Windows does."""
    with Judge() as started:
        yield started


def drives_of(host: Host) -> Path:
    """Give the folder with the drives of one server."""
    lab = json.loads((LAB / "inventory.json").read_text())
    name = host.backend.get_hostname()
    group = "emsmta_proxies" if name in lab["emsmta_proxies"]["hosts"] else "exchange"
    address = lab[group]["hosts"].get(name, {"ansible_host": "none"})["ansible_host"]
    return (LAB / "proxies" if group == "emsmta_proxies" else LAB) / "hosts" / address


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


def test_the_last_report_says_how_each_server_is(host: Host, report: dict[str, Any]) -> None:
    name = host.backend.get_hostname()
    found = {server["name"]: server["status"] for server in report["servers"]}
    assert found.get(name) == STATUSES.get(name)
    assert len(found) == len(STATUSES)


def test_the_copies_for_going_back_lie_where_the_report_says(host: Host, report: dict[str, Any]) -> None:
    name = host.backend.get_hostname()
    copies = [entry for entry in report["going_back"] if entry["name"] == name]
    changed = {"ex01-exposed": 1, "ex04-disable-0": 1, "ex08-wspcfg": 2, "ex10-odd-bytes": 1, "proxy-09": 1}
    assert len(copies) == changed.get(name, 0)
    for entry in copies:
        drive, _colon, path = entry["backup_file"].partition(":\\")
        kept = drives_of(host) / drive / path.replace("\\", "/")
        folder = {each.name.lower(): each for each in kept.parent.parent.iterdir()}[kept.parent.name.lower()]
        (copy,) = [each for each in folder.iterdir() if each.name.lower() == kept.name.lower()]
        assert FIX not in copy.read_bytes()

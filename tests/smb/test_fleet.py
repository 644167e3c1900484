# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A large fleet of which some servers fail, each in its way: all others are done."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.smb.furnish import furnish_exposed
from tests.smb.plays import ROLE, play

pytestmark = pytest.mark.long

OF_EACH = 5
OLD = sample("Q231878.mspclnt.ini")
NEW = OLD + b"[EMSMTA]\r\nDisable=1\r\n"
FIXED = r"^{} +: ok=\d+ +changed=1 +unreachable=0 +failed=0"


class Way(NamedTuple):
    """A way to fail: what is done to the file, the host's variables, and what the play says."""

    spoil: Callable[[Path], object]
    own: dict[str, Any]
    says: str


def leave(_ini: Path) -> None:
    """Leave the file as it is."""


WAYS = (
    Way(leave, {"ansible_port": 9}, "connection refused"),
    Way(leave, {"ansible_password": "wrong"}, "logon of administrator refused"),
    Way(lambda ini: ini.chmod(0o444), {}, "attrib -r"),
    Way(lambda ini: ini.unlink(), {}, "leads nowhere"),
    Way(lambda ini: ini.write_bytes(b"\xff\xfe" + OLD.decode().encode("utf-16-le")), {}, "UTF-16"),
    Way(lambda ini: ini.write_bytes(OLD + b"[EMSMTA]\r\nServerBindTcpPorts=102\r\n"), {}, "on purpose"),
)


def ini_of(lab: Lab, address: str) -> Path:
    return lab.drive(address, "C") / "mspclnt" / "Mspclnt.ini"


def state_of(lab: Lab, addresses: list[str]) -> list[bytes | None]:
    files = [ini_of(lab, address) for address in addresses]
    return [file.read_bytes() if file.exists() else None for file in files]


@pytest.fixture(params=[60, 200])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    """Many exposed servers."""
    with Lab(tmp_path, request.param, drives="C") as lab:
        furnish_exposed(lab)
        yield lab


def test_thirty_servers_that_fail_hold_up_no_other(fleet: Lab, tmp_path: Path) -> None:
    # Every so many, so that the failing ones are spread over all forks.
    broken = fleet.addresses[:: len(fleet.addresses) // (OF_EACH * len(WAYS))][: OF_EACH * len(WAYS)]
    ways = {address: WAYS[at % len(WAYS)] for at, address in enumerate(broken)}
    for address, way in ways.items():
        way.spoil(ini_of(fleet, address))
    before = state_of(fleet, broken)
    done = play(fleet, tmp_path, ROLE, own={address: way.own for address, way in ways.items()})
    assert done.returncode != 0
    assert state_of(fleet, broken) == before
    others = [address for address in fleet.addresses if address not in ways]
    assert len(broken) == 30
    assert state_of(fleet, others) == [NEW] * len(others)
    assert all(re.search(FIXED.format(re.escape(address)), done.stdout, re.MULTILINE) for address in others)
    for address, way in ways.items():
        told = "\n".join(line for line in done.stdout.splitlines() if f"[{address}]" in line)
        assert way.says in told, (address, told)

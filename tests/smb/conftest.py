# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers of the lab, and sessions with them as the connection plugin makes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.ntlm import Account
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.session import Session
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Deadline, Wire

from tests.lab.lab import PASSWORD, USER, Lab
from tests.lab.programs import MTA_PROGRAM
from tests.unit.edit_cases import sample


@dataclass
class Caller:
    """Makes sessions with one server, and counts what they send."""

    host: str
    port: int
    password: str = PASSWORD
    auth: str = "ntlmv2"
    timeout: float = 5.0
    deadline: float = 20.0
    wires: list[Wire] = field(default_factory=list)

    def connect(self) -> Session:
        """Make a session that is logged on."""
        wire = Wire(self.host, self.port, Deadline(self.timeout, self.deadline), "*SMBSERVER")
        self.wires.append(wire)
        session = Session(wire, "*SMBSERVER", self.host)
        session.log_on(Account(USER, self.password, "", self.auth))
        return session

    def server(self) -> SmbServer:
        """Give the server."""
        return SmbServer(self.host, (), self.connect)

    @property
    def requests(self) -> int:
        """Count the requests of all sessions."""
        return sum(wire.requests for wire in self.wires)


def furnish_exposed(lab: Lab) -> None:
    """Make all servers of a lab exposed, with Proxy 2.0's own file as it was installed."""
    for address in lab.addresses:
        for path, data in (
            ("WINNT/SYSTEM.INI", sample("Q231878.system.ini")),
            ("mspclnt/Mspclnt.ini", sample("Q231878.mspclnt.ini")),
            ("exchsrvr/bin/EMSMTA.EXE", MTA_PROGRAM),
        ):
            target = lab.drive(address, "C") / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Two servers with drives C and D."""
    with Lab(tmp_path_factory.mktemp("lab"), 2) as started:
        yield started


@pytest.fixture
def caller(lab: Lab) -> Caller:
    """A caller of the first server."""
    return Caller(lab.addresses[0], lab.port)


@pytest.fixture
def ini(lab: Lab) -> Path:
    """Mspclnt.ini on the first server's C: drive; not there yet."""
    folder = lab.drive(lab.addresses[0], "C") / "mspclnt"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.chmod(0o644)
        path.unlink()
    return folder / "Mspclnt.ini"

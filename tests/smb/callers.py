# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A caller of a server: sessions as the connection plugin makes them, and a count of their requests."""

from __future__ import annotations

from dataclasses import dataclass, field

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.ntlm import Account
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.request import CAP_EXTENDED_SECURITY
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.server import SmbServer
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.session import Session
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.wire import Deadline, Wire

from tests.lab.lab import PASSWORD, USER


@dataclass
class Caller:
    """Makes sessions with one server, and counts what they send."""

    host: str
    port: int
    password: str = PASSWORD
    auth: str = "ntlmv2"
    timeout: float = 5.0
    deadline: float = 20.0
    user: str = USER
    wires: list[Wire] = field(default_factory=list)

    def connect(self) -> Session:
        """Make a session that is logged on."""
        wire = Wire(self.host, self.port, Deadline(self.timeout, self.deadline), "*SMBSERVER")
        self.wires.append(wire)
        session = Session(wire)
        session.log_on(Account(self.user, self.password, "", self.auth))
        return session

    def server(self) -> SmbServer:
        """Give the server."""
        return SmbServer(self.host, (), self.connect)

    @property
    def requests(self) -> int:
        """Count the requests of all sessions."""
        return sum(wire.requests for wire in self.wires)


def offers_extended_security(session: Session) -> bool:
    """Tell what the server offered in this session."""
    return bool(session._capabilities & CAP_EXTENDED_SECURITY)

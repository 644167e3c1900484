# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a client sends, noted on its way, and addresses with the ports of NT."""

from __future__ import annotations

import struct

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb import request as smb_request

from tests.lab.lab import PORTS_OF_NT, free_addresses, may_listen
from tests.lab.proxy import as_nt4

# Addresses of the labs here start behind those of the fixture `lab`, which may use the same ports.
FIRST = 100
NO_PORTS = "only root may listen on the ports 139 and 445, where nothing else does"
ports_of_nt = pytest.mark.skipif(not may_listen(free_addresses(4, FIRST), PORTS_OF_NT), reason=NO_PORTS)


class Spy:
    """A hook that asks for no extended security, if so wanted, and keeps the messages that it saw."""

    def __init__(self, nt4: bool) -> None:
        self._nt4 = nt4
        self.seen: list[bytes] = []

    def __call__(self, number: int, message: bytes) -> bytes:
        """See one message of the client."""
        self.seen.append(message)
        return as_nt4(number, message) if self._nt4 else message

    def counts(self, command: int) -> list[int]:
        """Give how many bytes each read asked for, or each write carried."""
        at = {smb_request.READ: 4 + 32 + 1 + 10, smb_request.WRITE: 4 + 32 + 1 + 20}[command]
        return [struct.unpack_from("<H", each, at)[0] for each in self.seen if each[8] == command]

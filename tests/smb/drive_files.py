# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the drives of a server of the lab, and the short names that it gives them."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.transaction import find_first

from tests.lab.lab import Lab
from tests.smb.callers import Caller
from tests.smb.edits import OLD

BOTH_NAMES_INFO = 0x104


def put(lab: Lab, name: str, data: bytes = OLD) -> Path:
    """Put a file on drive C of the first server."""
    path = lab.drive(lab.addresses[0], "C") / name.replace("\\", "/")
    path.parent.mkdir(parents=True, exist_ok=True)
    for other in path.parent.iterdir():
        other.unlink()
    path.write_bytes(data)
    return path


def short_name(lab: Lab, path: str) -> str:
    """Ask the server for the short name of a file or folder on drive C (MS-CIFS section 2.2.8.1.7)."""
    session = Caller(lab.addresses[0], lab.port).connect()
    asked = find_first(session.encode_name(f"\\{path}\0"), 1, BOTH_NAMES_INFO, session.max_data_count)
    data = session.exchange(asked, session.tree_connect("C$")).transacted().data
    session.close()
    return data[70 : 70 + data[68]].decode("utf-16-le")

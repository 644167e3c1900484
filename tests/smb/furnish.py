# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on the drives of the lab's servers."""

from __future__ import annotations

from tests.cases.samples import sample
from tests.lab.lab import Lab
from tests.lab.programs import MTA_PROGRAM


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


POINTER = b"[Microsoft Proxy Service]\r\nIni File Path=C:\\Mspclnt\\mspclnt.ini\r\n"

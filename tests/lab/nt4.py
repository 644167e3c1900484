# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.lab.nt4 ADDRESS PORT SMBD`: NT 4.0 on a port, in front of smbd on another of the same address.

Samba offers extended security to all who ask, and no setting changes that; so nobody asks.
"""

from __future__ import annotations

import signal
import sys

from tests.lab.proxy import FaultProxy, as_nt4


def main() -> None:
    """Forward until a signal ends the process."""
    address, port, smbd = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with FaultProxy((address, smbd), as_nt4, listen=(address, port)):
        signal.pause()


if __name__ == "__main__":
    main()

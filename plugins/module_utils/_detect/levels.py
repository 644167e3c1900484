# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much an MTA was told to log, by category: what stands beside any silence of its log.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .._server.protocols import Registry
from .._windows.registry_values import dword
from .mta import SERVICE

# KB Q157660 prints the key, and 0, 1, 3 and 5 for none, minimum, medium and maximum; KB Q163032 the first two names.
# That the others begin with the number of their category too is inferred.
DIAGNOSTICS = f"{SERVICE}\\Diagnostics"
# The categories of the events that count here.
CATEGORIES = ("1 X.400 Service", "4 Interface", "7 Configuration", "9 Operating System")


def levels_of(registry: Registry) -> dict[str, int] | None:
    """Give the levels at which the MTA logs, by category; None where the registry tells none of them.

    Raises:
        ServerError: the registry cannot be read.
        ConnectionLost: the server no longer answers.
    """
    told = {name: dword(registry.value(DIAGNOSTICS, name)) for name in CATEGORIES}
    return {name: level for name, level in told.items() if level is not None} or None


__all__ = ("DIAGNOSTICS", "levels_of")

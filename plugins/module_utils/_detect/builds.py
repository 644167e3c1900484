# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the version of EMSMTA.EXE to the product. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The builds of the MTA are those of KB Q163294. The articles disagree on the last number, so
only the main build counts. File versions of EMSMTA.EXE are printed for 5.5 up to SP3 (KB
Q243604) and for fixes; that those of the others hold the same build is inferred.
"""

from __future__ import annotations

from .evidence import (
    DOCUMENTED,
    INFERRED,
    Product,
)

SERVICE_PACKS = {
    (4, 0): ((837, ""), (838, "SP1"), (993, "SP2"), (994, "SP3"), (995, "SP4"), (996, "SP5")),
    (5, 0): ((1457, ""), (1458, "SP1"), (1460, "SP2")),
    (5, 5): ((1960, ""), (2232, "SP1"), (2448, "SP2"), (2650, "SP3"), (2653, "SP4")),
}
PRINTED = ((5, 5, 1960), (5, 5, 2232), (5, 5, 2448), (5, 5, 2650))
INFERRED_NAME = "inferred from the builds of KB Q163294"
# KB Q319936 prints such a version for a fix of 5.5, so it alone proves no Exchange 2000.
FIXES_OF_5_5 = range(2600, 2700)


def product(version: tuple[int, int, int, int]) -> Product:
    """Name the product to which an EMSMTA.EXE of this file version belongs."""
    major, minor, build, _revision = version
    if (major, minor) in SERVICE_PACKS:
        name = f"Exchange Server {major}.{minor} {_pack(SERVICE_PACKS[major, minor], build)}".rstrip()
        printed = (major, minor, build) in PRINTED
        return Product(name, True, DOCUMENTED, "KB Q163294 and Q243604" if printed else INFERRED_NAME)
    if major == 6 and minor == 0 and build in FIXES_OF_5_5:
        return Product("Exchange Server 5.5 after SP4", True, INFERRED, "inferred from KB Q319936")
    if major == 6:
        name = "Exchange 2000 Server" if minor < 5 else "Exchange Server 2003"
        return Product(name, False, INFERRED, "inferred from its first two numbers")
    return Product(f"an Exchange Server of version {major}.{minor}", major < 6, INFERRED, "its first two numbers")


def _pack(packs: tuple[tuple[int, str], ...], build: int) -> str:
    """Name the service pack of a build; one between two of the table is a fix after the first."""
    known = [(first, pack) for first, pack in packs if first <= build]
    if not known:
        return "before its release"
    first, pack = known[-1]
    return pack if first == build else f"after {pack or 'its release'}"


__all__ = ("product",)

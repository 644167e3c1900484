# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the version of EMSMTA.EXE to the product. Pure.

PRIVATE to the collection: no part of this file is a public interface.

The builds of the MTA are those of KB Q163294. The articles disagree on the last number, so
only the main build counts. That the file's version holds it is printed for 5.5 (KB Q243604).
"""

from __future__ import annotations

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._evidence import (
    DOCUMENTED,
    INFERRED,
    Product,
)

SERVICE_PACKS = {
    (4, 0): ((837, ""), (838, "SP1"), (993, "SP2"), (994, "SP3"), (995, "SP4"), (996, "SP5")),
    (5, 0): ((1457, ""), (1458, "SP1"), (1460, "SP2")),
    (5, 5): ((1960, ""), (2232, "SP1"), (2448, "SP2"), (2650, "SP3"), (2653, "SP4")),
}
# KB Q319936 prints such a version for a fix of 5.5, so it alone proves no Exchange 2000.
FIXES_OF_5_5 = range(2600, 2700)


def product(version: tuple[int, int, int, int]) -> Product:
    """Name the product to which an EMSMTA.EXE of this file version belongs."""
    major, minor, build, _revision = version
    if (major, minor) in SERVICE_PACKS:
        return _of_article(f"Exchange Server {major}.{minor}", SERVICE_PACKS[major, minor], build)
    if major == 6 and minor == 0 and build in FIXES_OF_5_5:
        return Product("Exchange Server 5.5 after SP4", True, "Q319936", INFERRED)
    if major == 6:
        return Product("Exchange 2000 Server" if minor < 5 else "Exchange Server 2003", False, "Q303156", INFERRED)
    return Product(f"an Exchange Server of version {major}.{minor}", major < 6, "", INFERRED)


def _of_article(name: str, packs: tuple[tuple[int, str], ...], build: int) -> Product:
    """Name a product of the article; a build between two of the table is a fix after the first."""
    known = [(first, pack) for first, pack in packs if first <= build]
    if not known:
        return Product(f"{name} before its release", True, "Q163294", INFERRED)
    first, pack = known[-1]
    if first == build:
        return Product(f"{name} {pack}".rstrip(), True, "Q163294", DOCUMENTED)
    return Product(f"{name} after {pack or 'its release'}", True, "Q163294", INFERRED)


__all__ = ("product",)

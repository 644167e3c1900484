# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The local address table (LAT) of the client: which addresses it does not redirect. Pure.

PRIVATE to the collection: no part of this file is a public interface.

Msplat.txt comes from the proxy server; Locallat.txt is the computer's own (CAT8).
Each line is a range, its first and its last address.
"""

from __future__ import annotations

from typing import Sequence


def ranges(data: bytes) -> list[tuple[int, int]]:
    """Give the ranges of a table. A line that is no range adds none."""
    found = []
    for line in data.replace(b"\r", b"\n").split(b"\n"):
        words = line.decode("latin-1").split()
        numbers = [ipv4_number(word) for word in words[:2]]
        if len(words) >= 2 and numbers[0] is not None and numbers[1] is not None:
            found.append((numbers[0], numbers[1]))
    return found


def outside(addresses: Sequence[str], table: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """Give the addresses that no range of the table has."""
    numbers = ((address, ipv4_number(address)) for address in addresses)
    return tuple(
        address
        for address, value in numbers
        if value is None or not any(first <= value <= last for first, last in table)
    )


def ipv4_number(address: str) -> int | None:
    """Give an IPv4 address in dotted form as a number; None for anything else."""
    parts = address.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        return None
    values = [int(part) for part in parts]
    if max(values) > 255:
        return None
    return values[0] << 24 | values[1] << 16 | values[2] << 8 | values[3]


__all__ = ("ipv4_number", "outside", "ranges")

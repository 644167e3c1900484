# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damage to bytes, by chance but the same in each run."""

from __future__ import annotations

import random

MUTATIONS = 2000


def mutated(data: bytes, source: random.Random) -> bytes:
    """Cut, flip, blank or overwrite."""
    out = bytearray(data)
    kind = source.randrange(4)
    at, length = source.randrange(len(out)), source.randrange(1, 200)
    if kind == 0:
        return bytes(out[:at])
    if kind == 1:
        for _time in range(source.randrange(1, 30)):
            out[source.randrange(len(out))] ^= 1 << source.randrange(8)
    else:
        out[at : at + length] = bytes(length) if kind == 2 else source.randbytes(length)
    return bytes(out)

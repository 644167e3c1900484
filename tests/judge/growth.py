# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A search for files on which the engine's time grows faster than the file.

A shape is a first part that is repeated, then a second part that is repeated, as pieces of the
grammar allow. Each is measured at one size and at twice that size.
"""

from __future__ import annotations

import gc
import itertools
import time
from random import Random
from typing import NamedTuple

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    ProfileError,
    parse,
    refuse_non_8bit,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.edits import ensure, remove
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.stanza import Stanza

from tests.cases.contents import contents

STANZA = Stanza(b"EMSMTA", ((b"Disable", b"1"),))
LIMIT = 2.5
SIZE = 8 * 1024
SURE_SIZE = 64 * 1024
SLOW = 0.3
RANDOM_SHAPES = 150
# Lines that are repeated to fill one half of a file with another kind in the other half.
LINES = (
    b"[EMSMTA]\r\nDisable=1\r\n",
    b"[EMSMTA]\r\nDisable=0\r\nA=1\r\n",
    b"[EMSMTA]\r\n",
    b"[EMSMTA\r\nDisable=1\r\n",
    b"[EMSMTA]]\r\nDisable=1\r\n",
    b"[X]\r\n",
    b"Disable=1\r\n",
    b"Disable\r\n",
    b"\r\n",
    b"\x1a\r\n",
    b";EMSMTA\r\n",
    b"[EMSMTA",
)
PIECES = (*LINES, b"[", b"]", b"=", b'"', b" ", b"\t", b"\x1a", b"\xa0", b"\x0c", b"\r", b"\n", b"A", b";", b"EMSMTA")


class Shape(NamedTuple):
    """How a file is made at any size: start, two repeated parts of half the size each, end."""

    start: bytes
    first: bytes
    second: bytes
    end: bytes

    def of_size(self, size: int) -> bytes:
        """Give the file of about this size."""
        half = size // 2
        return self.start + self.first * (half // len(self.first)) + self.second * (half // len(self.second)) + self.end


class Growth(NamedTuple):
    """How much more time a file of twice the size took."""

    shape: Shape
    ratio: float
    seconds: float


def shapes(seed: int = 1) -> list[Shape]:
    """Give all pairs of lines, and random pairs of random pieces."""
    pairs = [Shape(b"", first, second, b"") for first, second in itertools.product(LINES, LINES)]
    random = Random(seed)
    return pairs + [_random_shape(random) for _number in range(RANDOM_SHAPES)]


def _random_shape(random: Random) -> Shape:
    parts = [b"".join(random.choices(PIECES, k=random.randint(1, 3))) for _part in range(2)]
    ends = [random.choice((b"", b"[EMSMTA]\r\n", b"Disable=0\r\n", b"\xef\xbb\xbf[EMSMTA]\r\n")) for _end in range(2)]
    return Shape(ends[0], parts[0], parts[1], ends[1])


def seconds_for(data: bytes, runs: int = 3) -> float:
    """Give the least processor time of some runs through all that the engine does with a file."""
    return min(_one_run(data) for _run in range(runs))


def _one_run(data: bytes) -> float:
    gc.collect()
    begin = time.process_time()
    refuse_non_8bit(data)
    contents(parse(data))
    for edit in (ensure, remove):
        try:
            edit(parse(data), STANZA)
        except ProfileError:
            pass
    return time.process_time() - begin


def growth_of(shape: Shape, size: int, runs: int = 3) -> Growth:
    """Measure a shape at this size and at twice this size."""
    once, twice = (seconds_for(shape.of_size(factor * size), runs) for factor in (1, 2))
    return Growth(shape, twice / max(once, 1e-6), twice)


def search(seed: int = 1) -> list[Growth]:
    """Measure all shapes, the suspects again and larger; give the worst first."""
    # What the tests have in memory already would be looked through before each measurement.
    gc.freeze()
    measured = [growth_of(shape, SIZE, runs=2) for shape in shapes(seed)]
    ranked = sorted(measured, key=lambda growth: growth.ratio, reverse=True)
    suspects = [growth for growth in ranked if growth.ratio > LIMIT] or ranked[:5]
    return sorted((_sure(growth) for growth in suspects), key=lambda growth: growth.ratio, reverse=True)


def _sure(found: Growth) -> Growth:
    """Measure a suspect at larger sizes, while that is quick, and again while it stays one."""
    size = SIZE
    while size < SURE_SIZE and found.seconds < SLOW:
        size *= 2
        found = growth_of(found.shape, size)
    # Other work on the machine makes one look slow now and then, but not each time.
    for _again in range(8):
        if found.ratio <= LIMIT:
            break
        found = min(found, growth_of(found.shape, size), key=lambda growth: growth.ratio)
    return found


def worst_shape(size: int = 1024 * 1024, seed: int = 1) -> tuple[Shape, bytes]:
    """Give the shape that takes the most time for its size, and its file of this size."""
    slowest = max(shapes(seed), key=lambda shape: seconds_for(shape.of_size(SIZE), 2))
    return slowest, slowest.of_size(size)

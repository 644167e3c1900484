# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import pytest

from tests.judge import growth


@pytest.mark.long
def test_twice_the_file_takes_at_most_two_and_a_half_times_as_long() -> None:
    found = growth.search()
    slow = [one for one in found if one.ratio > growth.LIMIT]
    assert not slow, "\n".join(
        [f"{len(slow)} shapes", *(f"{one.ratio:.2f} times, {one.seconds:.2f} s: {one.shape!r}" for one in slow[:5])]
    )


def test_the_search_has_some_hundred_shapes_and_each_has_its_size() -> None:
    found = growth.shapes()
    assert len(set(found)) > 250
    assert all(0.8 < len(shape.of_size(65536)) / 65536 < 1.2 for shape in found)

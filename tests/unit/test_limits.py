# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the benchmark judges: a row shows its limits, and one that is not kept ends the program with its name."""

from __future__ import annotations

import sys

import pytest

from tests.bench.limits import Limit, Row, not_kept

KEPT = Row("mspclnt_ini", "mspclnt_ini  1.39 times", (Limit("CPU", 1.39, 2), Limit("wall", 3.0, 3)))
BROKEN = Row("role", "role  6.01 times", (Limit("CPU", 6.012, 6), Limit("wall", 5.5, 6)))
FREE = Row("debug", "debug  1.00 times")


@pytest.mark.parametrize(
    ("limit", "kept"),
    [
        (Limit("", 12, 12), True),
        (Limit("", 12.001, 12), False),
        (Limit("", 4, 4, least=True), True),
        (Limit("", 3.999, 4, least=True), False),
        (Limit("", 40, 4, least=True), True),
        (Limit("", float("nan"), 4), False),
    ],
    ids=["at most", "above", "at least", "below", "far above", "no figure"],
)
def test_a_limit(limit: Limit, kept: bool) -> None:
    assert limit.kept is kept


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (KEPT, "  mspclnt_ini  1.39 times  (CPU at most 2 and wall at most 3)"),
        (Row("r", "r: 7", (Limit("", 7, 12),)), "  r: 7  (at most 12)"),
        (Row("r", "r: 5.5", (Limit("", 5.5, 2.5, least=True),)), "  r: 5.5  (at least 2.5)"),
        (FREE, "  debug  1.00 times"),
    ],
)
def test_a_row_shows_its_limits(row: Row, shown: str) -> None:
    assert str(row) == shown


def test_rows_that_keep_their_limits_end_the_program_well() -> None:
    with pytest.raises(SystemExit) as ended:
        sys.exit(not_kept(["a heading", KEPT, FREE]))
    assert ended.value.code is None


def test_each_limit_that_is_not_kept_is_named() -> None:
    slow = Row("audit", "audit", (Limit("times faster", 3.2, 4, least=True),))
    with pytest.raises(SystemExit) as ended:
        # A program that ends with words has exit code 1.
        sys.exit(not_kept(["a heading", KEPT, BROKEN, FREE, slow]))
    assert ended.value.code == (
        "Limits that are not kept:\n  role: 6.012 (CPU at most 6)\n  audit: 3.2 (times faster at least 4)"
    )

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of the table with their limits, and which of them are not kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Limit(NamedTuple):
    """A bound of a figure; least: the smallest that is good, where others have a largest."""

    what: str
    figure: float
    bound: float
    least: bool = False

    def __str__(self) -> str:
        return f"{self.what} at {'least' if self.least else 'most'} {self.bound:g}".lstrip()

    @property
    def kept(self) -> bool:
        """Tell whether the figure is within the bound, which is within."""
        return self.figure >= self.bound if self.least else self.figure <= self.bound


class Row(NamedTuple):
    """A row: its name, how it is shown, and its limits."""

    name: str
    text: str
    limits: tuple[Limit, ...] = ()

    def __str__(self) -> str:
        limits = " and ".join(str(limit) for limit in self.limits)
        return f"  {self.text}  ({limits})" if limits else f"  {self.text}"


def not_kept(rows: Iterable[Row | str]) -> str | None:
    """Name each row with a limit that is not kept, as the last words of a program; None where there is none."""
    broken = [
        f"  {row.name}: {limit.figure:.4g} ({limit})"
        for row in rows
        if isinstance(row, Row)
        for limit in row.limits
        if not limit.kept
    ]
    return "\n".join(["Limits that are not kept:", *broken]) if broken else None

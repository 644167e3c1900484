# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times of events as texts. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import time


def utc(seconds: int) -> str:
    """Give a time, in seconds since 1970, UTC, as 2003-03-01T08:00:00Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


__all__ = ("utc",)

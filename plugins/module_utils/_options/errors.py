# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the options of all modules share: how a wrong one is told.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from .._errors import UserError


class OptionError(UserError):
    """An option has a value that cannot be used."""


__all__ = ("OptionError",)

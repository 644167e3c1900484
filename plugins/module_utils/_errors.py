# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all errors whose text is meant for the user.

PRIVATE to the collection: no part of this file is a public interface.

Such a text says what was attempted, on which path or host, what was found, and what to do.
"""

from __future__ import annotations


class UserError(Exception):
    """Something that the user has to know or to mend; an edge shows the text as it is."""


class OptionError(UserError):
    """A wrong option, found before anything is looked at; the text names the option and says what to write."""


__all__ = ("OptionError", "UserError")

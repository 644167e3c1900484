# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's words: messages that name its variables, and that have an end. Pure.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

PREFIX = "emsmta_bypass_"
# As in the role's defaults; `emsmta_bypass_result` is what it sets.
VARIABLES = (
    "emsmta_bypass_backup",
    "emsmta_bypass_drives",
    "emsmta_bypass_drives_complete",
    "emsmta_bypass_exchange_bin",
    "emsmta_bypass_gather",
    "emsmta_bypass_master_path",
    "emsmta_bypass_override_proxied",
    "emsmta_bypass_remote_mtas",
    "emsmta_bypass_state",
    "emsmta_bypass_system_root",
)
RESULT = "emsmta_bypass_result"
# An option that is an English word as well counts where it begins a message, or stands in quotes.
OPTIONS = re.compile(
    r"(?<![\w\\/.-])(?:drives_complete|system_root|exchange_bin|remote_mtas|master_path)(?![\w\\/])"
    r"|^(?:drives|gather)(?=:)|(?<=')(?:drives|gather)(?=')|(?<=^value of )gather(?= must)"
)
# It never makes a file.
CREATE = "; set 'create: true' if it is to be made"
# What is told in words, of all that a result holds; the rest are names and values of the server.
IN_WORDS = ("message", "reason", "fault")
MORE = f"... (all of it is in {RESULT})"


def in_role_words(value: Any) -> Any:
    """Give a text, or a result with all its texts, with the role's variables in the place of the modules' options."""
    if isinstance(value, str):
        return OPTIONS.sub(lambda found: PREFIX + found.group(), value).replace(CREATE, "")
    if isinstance(value, Mapping):
        return {key: in_role_words(item) if _has_words(key, item) else item for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [in_role_words(item) if isinstance(item, Mapping) else item for item in value]
    return value


def _has_words(key: str, item: Any) -> bool:
    return key in IN_WORDS if isinstance(item, str) else isinstance(item, (Mapping, list, tuple))


def fitted(head: str, body: str, tail: str, most: int) -> str:
    """Give a text of at most so many characters: what is too long is cut out of the body, which says so."""
    room = most - len(head) - len(tail)
    if len(body) <= room:
        return head + body + tail
    # A short text has no place to say where the rest is.
    more = MORE if room > 3 * len(MORE) else "..."
    return (head + body[: max(room - len(more), 0)] + more + tail)[:most]


def misspelt(variables: Iterable[str]) -> list[str]:
    """Say which variables look like the role's and are none of them, with the one that may be meant."""
    wrong = sorted(name for name in variables if name.startswith(PREFIX) and name not in (*VARIABLES, RESULT))
    return [f"{name} is no variable of the role emsmta_bypass{_meant(name)}; it changes nothing" for name in wrong]


def _meant(name: str) -> str:
    return "".join(f" (perhaps {meant} is meant)" for meant in get_close_matches(name, VARIABLES, 1, 0.8))


__all__ = ("fitted", "in_role_words", "misspelt")

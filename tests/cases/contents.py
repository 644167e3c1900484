# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole private profile as one reader sees it."""

from __future__ import annotations

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import (
    WINDOWS,
    Profile,
    Reading,
    sections,
)


def contents(profile: Profile, reading: Reading = WINDOWS) -> list[tuple[bytes, list[tuple[bytes, bytes]]]]:
    """Give every section as it stands, duplicates included, with the keys and values that it gives."""
    return [
        (found.name, [(line.key, line.value) for line in found.keys if line.key.lower() not in found.hidden])
        for found in sections(profile, reading)
    ]

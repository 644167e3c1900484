# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of the lab, and what could be put in its place, sought in files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from impacket import ntlm

from tests.lab.lab import PASSWORD

HASH: bytes = ntlm.compute_nthash(PASSWORD)
SECRETS = (PASSWORD.encode(), PASSWORD.encode("utf-16-le"), HASH, HASH.hex().encode(), HASH.hex().upper().encode())


def leaks(data: bytes) -> bool:
    return any(secret in data for secret in SECRETS)


def below(folder: Path) -> Iterable[Path]:
    """Give all files below a folder; unlike rglob, os.walk bears that a folder goes meanwhile."""
    return (Path(path) / name for path, _folders, names in os.walk(folder) for name in names)


def leaking(files: Iterable[Path]) -> set[str]:
    """Give the names of files that hold a secret."""
    found = set()
    for file in files:
        try:
            if file.is_file() and leaks(file.read_bytes()):
                found.add(str(file))
        except OSError:
            continue
    return found

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows' own WritePrivateProfileString, as Wine has it: one process, many calls."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.judge import judge

WINE = "/usr/lib/wine/wine64"
PROGRAM = judge.BUILD / "writer.exe"


def build() -> None:
    """Build the program; the judge makes the folder that Wine needs."""
    source = Path(__file__).with_name("writer.c")
    judge.prepare()
    subprocess.run([judge.COMPILER, "-O2", "-o", str(PROGRAM), str(source)], check=True)


def version() -> str:
    """Give the version of Wine."""
    return subprocess.run([WINE, "--version"], capture_output=True, text=True, check=True).stdout.strip()


class Writer:
    """The running program; it ends with the process that uses it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [WINE, str(PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=judge.ENVIRONMENT,
        )

    def write(self, path: Path, section: bytes, key: bytes, value: bytes | None) -> int:
        """Call WritePrivateProfileString; give 0 or the number of the error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        fields = [b"Z:" + str(path).replace("/", "\\").encode(), section, key] + ([] if value is None else [value])
        self._process.stdin.write("\t".join("=" + field.hex() for field in fields).encode("ascii") + b"\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

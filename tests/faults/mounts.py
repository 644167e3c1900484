# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small file systems that are mounted for one test. What is mounted is unmounted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

IMAGE_SIZE = 8 * 1024 * 1024


@contextmanager
def mounted(folder: Path, *command: str) -> Iterator[Path]:
    """Mount on a new folder by this command, to which the folder is added."""
    point = folder / "mounted"
    point.mkdir()
    _run([*command, str(point)])
    try:
        yield point
    finally:
        _run(["umount", str(point)])


@contextmanager
def bound(source: Path, file: Path) -> Iterator[None]:
    """Mount one file over another, as containers do."""
    _run(["mount", "--bind", str(source), str(file)])
    try:
        yield
    finally:
        _run(["umount", str(file)])


@contextmanager
def tmpfs(folder: Path, size: int) -> Iterator[Path]:
    """Mount a file system in memory that holds so many bytes."""
    with mounted(folder, "mount", "-t", "tmpfs", "-o", f"size={size}", "none") as point:
        yield point


@contextmanager
def image(folder: Path, kind: str) -> Iterator[Path | None]:
    """Make and mount an image of NTFS (kind ntfs, ntfs-loop) or FAT; None where this machine cannot."""
    file = folder / f"{kind}.img"
    with open(file, "wb") as out:
        out.truncate(IMAGE_SIZE)
    try:
        manager = mounted(folder, *_make_image(file, kind))
        point = manager.__enter__()
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"cannot mount {kind} here: {error}")
        yield None
        return
    try:
        yield point
    finally:
        manager.__exit__(None, None, None)


def _make_image(file: Path, kind: str) -> list[str]:
    if kind == "fat":
        _run(["mkfs.vfat", str(file)])
        return ["mount", "-t", "vfat", "-o", "loop", str(file)]
    _run(["mkntfs", "--force", "--fast", "--quiet", str(file)])
    return ["mount", "-t", "ntfs-3g", "-o", "loop", str(file)] if kind == "ntfs-loop" else ["ntfs-3g", str(file)]


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

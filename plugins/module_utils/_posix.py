# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the local write needs of Linux: locks, attributes, flushed files, errors in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
from typing import List, NoReturn

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server import SIZE_LIMIT, ServerError

DOS_READ_ONLY = 0x01
EXTENTS_FLAG = 0x80000
FS_IOC_GETFLAGS = 0x80086601

REASONS = {
    errno.EACCES: "this user may not do that; run the task as one who may, for example with 'become: true'",
    errno.EPERM: "it is not permitted; look at the attributes of the file and its folder (lsattr)",
    errno.EROFS: "it lies on a file system that is mounted read-only",
    errno.ENOSPC: "the disk is full: make room and run the task again",
    errno.EDQUOT: "the disk quota is used up: make room and run the task again",
    errno.EIO: "the disk or its connection reported an error",
    errno.ENOENT: "it is no longer there",
    errno.ETXTBSY: "it is in use by another program",
}


def file_system(real: str) -> str:
    """Name the type of the file system that holds a path, as Linux tells it; empty elsewhere."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
            rows = [line.split(" ") for line in mounts]
    except OSError:
        return ""
    best, kind = "", ""
    for row in rows:
        point = row[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, row[row.index("-") + 1]
    return kind


def dos_attributes(real: str) -> int:
    """Give the DOS attributes that an NTFS driver shows, 0 when none does."""
    for name in ("system.ntfs_attrib", "system.dos_attrib"):
        try:
            return int.from_bytes(os.getxattr(real, name), sys.byteorder)
        except (OSError, AttributeError):
            continue
    return 0


def open_locked(real: str, flags: int) -> int:
    """Open a file and lock it; open it anew when another writer replaced it meanwhile."""
    while True:
        descriptor = os.open(real, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            status, now = os.fstat(descriptor), os.stat(real)
        except OSError:
            os.close(descriptor)
            raise
        if (status.st_dev, status.st_ino) == (now.st_dev, now.st_ino):
            return descriptor
        os.close(descriptor)


def read_all(descriptor: int, path: str) -> bytes:
    parts: List[bytes] = []
    size = 0
    while True:
        part = os.read(descriptor, SIZE_LIMIT + 1 - size)
        if not part:
            return b"".join(parts)
        parts.append(part)
        size += len(part)
        if size > SIZE_LIMIT:
            raise ServerError(f"Error while reading {path}: it has more than {SIZE_LIMIT} bytes")


def write_new(path: str, data: bytes, mode: int) -> None:
    """Make a file that was not there, complete and flushed, or leave none."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except OSError:
        unlink_quietly(path)
        raise
    finally:
        os.close(descriptor)


def take_on_attributes(source: int, temporary: str) -> bool:
    """Give the new file owner, mode, ACL and extended attributes of the old one; False when one is refused."""
    descriptor = os.open(temporary, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(source)
        os.fchown(descriptor, status.st_uid, status.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(status.st_mode))
        for name in os.listxattr(source):
            os.setxattr(descriptor, name, os.getxattr(source, name))
        os.fsync(descriptor)
        return sorted(os.listxattr(descriptor)) == sorted(os.listxattr(source)) and _inode_flags(
            descriptor
        ) == _inode_flags(source)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL):
            return False
        raise
    finally:
        os.close(descriptor)


def _inode_flags(descriptor: int) -> int:
    """Give the flags that chattr sets, without the one that only tells the layout."""
    try:
        answer = fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, b"\0" * 8)
    except OSError:
        return 0
    return int.from_bytes(answer[:4], sys.byteorder) & ~EXTENTS_FLAG


def sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some FUSE file systems cannot; the file itself was flushed.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EACCES):
            raise
    finally:
        os.close(descriptor)


def holds(path: str, data: bytes) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        with os.fdopen(descriptor, "rb") as kept:
            return kept.read(len(data) + 1) == data
    except OSError:
        return False


def unlink_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def fail(doing: str, path: str, error: OSError, state: str = "") -> NoReturn:
    reason = REASONS.get(error.errno or 0, "see the message of the operating system")
    raise ServerError(f"Error while {doing} {path}: {error.strerror or error}: {reason}{state}") from error


__all__ = (
    "DOS_READ_ONLY",
    "dos_attributes",
    "fail",
    "file_system",
    "holds",
    "open_locked",
    "read_all",
    "sync_folder",
    "take_on_attributes",
    "unlink_quietly",
    "write_new",
)

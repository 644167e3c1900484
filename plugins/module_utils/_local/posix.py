# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the local write needs of Linux: locks, attributes, flushed files.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import sys
import time

from .._server.errors import ServerError
from .reading import close_quietly, read_within_limit

DOS_READ_ONLY = 0x01
# Any program that may read the file can lock it, so nobody is waited for without end.
LOCK_SECONDS = 60
APPEND_ONLY_FLAG = 0x20
EXTENTS_FLAG = 0x80000
FS_IOC_GETFLAGS = 0x80086601


def file_system_type(real: str) -> str:
    """Name the type of the file system that holds a path, as Linux tells it; empty elsewhere."""
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
            rows = [line.split(" ") for line in mounts]
    except OSError:
        return ""
    best, kind = "", ""
    for row in rows:
        point = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code.group(1), 8)), row[4])
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
            lock_file(descriptor, real)
            if is_file_at(descriptor, real):
                return descriptor
        except (OSError, ServerError):
            close_quietly(descriptor)
            raise
        close_quietly(descriptor)


def lock_file(descriptor: int, real: str) -> None:
    """Wait until no other writer of ours has the file."""
    end = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise ServerError(
                    f"Error while opening {real}: another program has locked it for {LOCK_SECONDS} seconds; "
                    "find that program with 'fuser' or 'lslocks'"
                ) from error
        time.sleep(0.005)


def is_file_at(descriptor: int, real: str) -> bool:
    """Tell whether this path leads to the regular file that is open."""
    status, now = os.fstat(descriptor), os.stat(real)
    if not stat.S_ISREG(status.st_mode):
        raise ServerError(f"Error while opening {real}: it is no longer a regular file")
    return (status.st_dev, status.st_ino) == (now.st_dev, now.st_ino)


def make_file(path: str, data: bytes, mode: int) -> int:
    """Make a file that was not there, complete, and give its descriptor; or leave none."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except BaseException:
        unlink_quietly(path)
        close_quietly(descriptor)
        raise
    return descriptor


def take_on_attributes(source: int, made: int) -> bool:
    """Give the new file owner, mode, ACL and extended attributes of the old one; False when one is refused.

    By descriptor: someone else may have put another file where the new one was.
    """
    try:
        status = os.fstat(source)
        os.fchown(made, status.st_uid, status.st_gid)
        os.fchmod(made, stat.S_IMODE(status.st_mode))
        for name in os.listxattr(source):
            os.setxattr(made, name, os.getxattr(source, name))
        os.fsync(made)
        return sorted(os.listxattr(made)) == sorted(os.listxattr(source)) and _inode_flags(made) == _inode_flags(source)
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL):
            return False
        raise


def let_same_users_read(source: int, made: int) -> None:
    """Let those read the new file who may read the old one; where that is refused, it stays as private as made."""
    status = os.fstat(source)
    try:
        os.fchown(made, status.st_uid, status.st_gid)
        os.fchmod(made, status.st_mode & 0o777)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL):
            raise


def is_append_only(real: str) -> bool:
    """Tell whether the file may only grow (chattr +a)."""
    descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return bool(_inode_flags(descriptor) & APPEND_ONLY_FLAG)
    finally:
        close_quietly(descriptor)


def _inode_flags(descriptor: int) -> int:
    """Give the flags that chattr sets, without the one that only tells the layout."""
    try:
        answer = fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, b"\0" * 8)
    except OSError:
        return 0
    return int.from_bytes(answer[:4], sys.byteorder) & ~EXTENTS_FLAG


def sync_folder(path: str) -> None:
    descriptor = -1
    try:
        descriptor = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        os.fsync(descriptor)
    except OSError as error:
        # Some FUSE file systems cannot, nor can who may not list it; the file itself was flushed.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EACCES):
            raise
    finally:
        close_quietly(descriptor)


def is_separate_copy(path: str, data: bytes) -> bool:
    """Tell whether a file of its own keeps these bytes; a second link to the edited one would not for long."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        status = os.fstat(descriptor)
        return stat.S_ISREG(status.st_mode) and status.st_nlink == 1 and read_within_limit(descriptor, path) == data
    except (OSError, ServerError):
        return False
    finally:
        close_quietly(descriptor)


def unlink_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def unlink_quietly(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass


def told_if_left(path: str) -> str:
    """Say so where one of our own files could not be removed."""
    return f"; {path} is left there: remove it" if os.path.lexists(path) else ""


__all__ = (
    "DOS_READ_ONLY",
    "dos_attributes",
    "file_system_type",
    "is_append_only",
    "is_file_at",
    "is_separate_copy",
    "let_same_users_read",
    "lock_file",
    "make_file",
    "open_locked",
    "sync_folder",
    "take_on_attributes",
    "told_if_left",
    "unlink_if_there",
    "unlink_quietly",
)

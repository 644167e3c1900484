# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the local write needs of Linux: locks, attributes, flushed files.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import sys
import time
from typing import NamedTuple

from .._server.errors import ServerError
from .hold import Moved, steady
from .reading import close_quietly
from .spot import Spot

DOS_READ_ONLY = 0x01
# Any program that may read the file can lock it, so nobody is waited for without end.
LOCK_SECONDS = 60
APPEND_ONLY_FLAG = 0x20
EXTENTS_FLAG = 0x80000
FS_IOC_GETFLAGS = 0x80086601
ACL = "system.posix_acl_access"
# What a file system says that does not have an attribute, or gives it to others only.
REFUSALS = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EINVAL)


def file_system_type(descriptor: int) -> str:
    """Name the type of the file system that holds an open file or folder, as Linux tells it; empty elsewhere."""
    status = os.fstat(descriptor)
    try:
        mount = _mount_of(descriptor)
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as mounts:
            rows = [line.split(" ") for line in mounts]
    except OSError:
        return ""
    device = f"{os.major(status.st_dev)}:{os.minor(status.st_dev)}"
    row = next((row for row in rows if (row[0] == mount if mount else row[2] == device)), None)
    return row[row.index("-") + 1] if row else ""


def _mount_of(descriptor: int) -> str:
    """Give the number of the mount that a file was opened on; empty where that is not told."""
    try:
        with open(f"/proc/self/fdinfo/{descriptor}", encoding="ascii") as lines:
            return next((line.split()[1] for line in lines if line.startswith("mnt_id:")), "")
    except PermissionError:
        return ""


def dos_attributes(descriptor: int) -> int:
    """Give the DOS attributes that an NTFS driver shows, 0 when none does."""
    for name in ("system.ntfs_attrib", "system.dos_attrib"):
        try:
            return int.from_bytes(os.getxattr(descriptor, name), sys.byteorder)
        except (OSError, AttributeError):
            continue
    return 0


def open_locked(spot: Spot, flags: int) -> int:
    """Open a file and lock it; open it anew when another writer replaced it meanwhile."""

    def attempt(_sure: bool) -> int:
        descriptor = spot.open("opening", flags)
        try:
            lock_file(descriptor, spot.path)
            if is_file_at(descriptor, spot.folder, spot.name):
                return descriptor
        except (OSError, ServerError):
            close_quietly(descriptor)
            raise
        close_quietly(descriptor)
        raise Moved(f"{spot.path} was replaced")

    return steady("opening", spot.path, attempt)


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


def is_file_at(descriptor: int, folder: int, name: str) -> bool:
    """Tell whether this name in the folder is the regular file that is open."""
    status, now = os.fstat(descriptor), os.stat(name, dir_fd=folder, follow_symlinks=False)
    return stat.S_ISREG(status.st_mode) and (status.st_dev, status.st_ino) == (now.st_dev, now.st_ino)


def make_file(folder: int, name: str, local: str, data: bytes, mode: int) -> int:
    """Make a file that was not there, complete, and give its descriptor; or leave none.

    ``local`` is its path, for errors.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, mode, dir_fd=folder)
    except OSError as error:
        raise OSError(error.errno, error.strerror, local) from error
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
        os.fsync(descriptor)
    except BaseException:
        unlink_quietly(folder, name)
        close_quietly(descriptor)
        raise
    return descriptor


class Attributes(NamedTuple):
    """What a file has besides its bytes and names, as far as a new one can get it."""

    owner: int
    group: int
    mode: int
    flags: int
    more: dict[str, bytes]


def attributes_of(descriptor: int) -> Attributes:
    """Give owner, mode, inode flags, and extended attributes with the ACL, of an open file."""
    status = os.fstat(descriptor)
    more = {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    return Attributes(status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode), _inode_flags(descriptor), more)


def take_on_attributes(source: int, made: int) -> Attributes | None:
    """Give the new file all attributes of the old one, and tell them; None when one is refused.

    By descriptor: someone else may have put another file where the new one was.
    """
    try:
        wanted = attributes_of(source)
        os.fchown(made, wanted.owner, wanted.group)
        os.fchmod(made, wanted.mode)
        for name, value in wanted.more.items():
            os.setxattr(made, name, value)
        os.fsync(made)
        return wanted if attributes_of(made) == wanted else None
    except OSError as error:
        if error.errno in REFUSALS:
            return None
        raise


def let_same_users_read(source: int, made: int) -> None:
    """Let those read the new file who may read the old one; where that is refused, it stays as private as made.

    With an ACL, the mode shows its mask in the place of the group's rights, and would let the group read.
    """
    status = os.fstat(source)
    try:
        os.fchown(made, status.st_uid, status.st_gid)
        acl, inherited = _acl(source), _acl(made)
        if acl is not None:
            os.setxattr(made, ACL, acl)
            return
        if inherited is not None:
            os.removexattr(made, ACL)
        os.fchmod(made, status.st_mode & 0o777)
    except OSError as error:
        if error.errno not in REFUSALS:
            raise


def _acl(descriptor: int) -> bytes | None:
    """Give the access list of a file, None where it has none besides its mode."""
    try:
        return os.getxattr(descriptor, ACL)
    except AttributeError:
        return None
    except OSError as error:
        if error.errno in (errno.ENODATA, errno.ENOTSUP):
            return None
        raise


def is_append_only(descriptor: int) -> bool:
    """Tell whether an open file or folder may only grow (chattr +a)."""
    return bool(_inode_flags(descriptor) & APPEND_ONLY_FLAG)


def is_append_only_folder(folder: int) -> bool:
    """Tell the same of a folder by any descriptor; one that cannot be looked at is taken for a plain one."""
    descriptor = -1
    try:
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        return is_append_only(descriptor)
    except OSError:
        return False
    finally:
        close_quietly(descriptor)


def _inode_flags(descriptor: int) -> int:
    """Give the flags that chattr sets, without the one that only tells the layout."""
    try:
        answer = fcntl.ioctl(descriptor, FS_IOC_GETFLAGS, b"\0" * 8)
    except OSError:
        return 0
    return int.from_bytes(answer[:4], sys.byteorder) & ~EXTENTS_FLAG


def sync_folder(folder: int) -> None:
    descriptor = -1
    try:
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        os.fsync(descriptor)
    except OSError as error:
        # Some FUSE file systems cannot, nor can who may not list it; the file itself was flushed.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EPERM, errno.EACCES):
            raise
    finally:
        close_quietly(descriptor)


def unlink_if_there(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass


def unlink_quietly(folder: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except OSError:
        pass


def told_if_left(folder: int, name: str, local: str) -> str:
    """Say so where one of our own files could not be removed."""
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return ""
    return f"; {local} is left there: remove it"


__all__ = (
    "DOS_READ_ONLY",
    "attributes_of",
    "dos_attributes",
    "file_system_type",
    "is_append_only",
    "is_append_only_folder",
    "is_file_at",
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

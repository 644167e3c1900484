# Copyright: (c) 2026, the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of this machine, written: visible drives, disk images, backups.

PRIVATE to the collection: no part of this file is a public interface.

A file on a Linux file system is replaced by a rename, where that loses nothing; every
other file is changed in place (see _edit.inplace). What a program that is not ours writes in
the moment between the last comparison and the write can still be overwritten.
"""

from __future__ import annotations

import errno
import os

from .._edit.copies import rescue_name
from .._edit.inplace import Handle, NotRestored, replace_in_place
from .._server.editor import OpenFile
from .._server.errors import ChangedByOther, ServerError
from .checks import check_file, check_folder
from .posix import (
    file_system_type,
    is_file_at,
    is_separate_copy,
    let_same_users_read,
    lock_file,
    make_file,
    open_locked,
    sync_folder,
    take_on_attributes,
    told_if_left,
    unlink_if_there,
    unlink_quietly,
)
from .reading import (
    check_path,
    close_quietly,
    no_folder,
    raise_in_words,
    read_within_limit,
    real_path_of_file,
    same_name_to_windows,
)

# Where a rename keeps all that these files can have.
RENAME_KEEPS_ALL = frozenset(("ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "overlay"))
# A kill can end a write between two pages, never within one.
PAGE = 4096
# What an error says of the file.
UNCHANGED = "; it was not changed"
CHANGED = "; it holds the new bytes"


class LocalWriter:
    """What LocalEditor loads where something is to be written; the methods are those of Editor."""

    def __init__(self, in_place: bool | None) -> None:
        self._in_place = in_place

    def check_writable(self, path: str, beside: bool) -> None:
        """Raise ServerError where this user may not edit the file, or keep a copy beside it."""
        real = real_path_of_file(path)
        try:
            check_file(path, real)
            if beside or not self._goes_in_place(real):
                check_folder("checking", path, os.path.dirname(real))
        except OSError as error:
            raise_in_words("checking", path, error)

    def open(self, path: str) -> OpenFile:
        """Open an existing file for an edit, as soon as no other writer of ours has it."""
        real = real_path_of_file(path)
        try:
            return _LocalFile(path, real, self._goes_in_place(real))
        except OSError as error:
            raise_in_words("opening", path, error)

    def check_creatable(self, path: str) -> None:
        """Raise ServerError where the folder is missing, read-only, or has the name in another case."""
        check_path(path)
        real = os.path.realpath(path)
        folder, name = os.path.split(real)
        if not os.path.isdir(folder):
            raise ServerError(f"Error while creating {path}: there is {no_folder(folder)}")
        check_folder("creating", path, folder)
        other = same_name_to_windows(folder, name)
        if other == name:
            raise ChangedByOther(f"Error while creating {path}: another program has just made it")
        if other is not None:
            raise ServerError(
                f"Error while creating {path}: {other!r} is there already, and Windows would not tell the two "
                "names apart: give that name"
            )

    def create(self, path: str, data: bytes) -> None:
        """Make a new file: complete in a temporary file first, then linked to its name."""
        self.check_creatable(path)
        real = os.path.realpath(path)
        # Not under a lock, so no other process may come upon the same name.
        temporary = f"{real}.{os.urandom(8).hex()}.winsock_proxy.tmp"
        state = ""
        try:
            _make_by_link(temporary, real, data)
            state = CHANGED
            os.unlink(temporary)
            sync_folder(real)
        except OSError as error:
            unlink_quietly(temporary)
            if error.errno == errno.EEXIST:
                raise ChangedByOther(f"Error while creating {path}: another program has just made it") from error
            raise_in_words("creating", path, error, state + told_if_left(temporary))
        except BaseException:
            unlink_quietly(temporary)
            raise

    def _goes_in_place(self, real: str) -> bool:
        if self._in_place is not None:
            return self._in_place
        return os.stat(real).st_nlink != 1 or file_system_type(real) not in RENAME_KEEPS_ALL


class _LocalFile(OpenFile, Handle):
    """A file under our lock. The lock is on the file itself, so it follows it through links."""

    def __init__(self, path: str, real: str, in_place: bool) -> None:
        self._path = path
        self._real = real
        self._in_place = in_place
        self._state = UNCHANGED
        self._descriptor = open_locked(real, os.O_RDWR if in_place else os.O_RDONLY)

    def read(self) -> bytes:
        try:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            return read_within_limit(self._descriptor, self._path)
        except OSError as error:
            raise_in_words("reading", self._path, error)

    def replace(self, old: bytes, new: bytes) -> None:
        try:
            if self._in_place or not self._replace_by_rename(old, new):
                self._replace_in_place(old, new)
            self._compare(new)
        except OSError as error:
            raise_in_words("writing", self._path, error, self._state + told_if_left(_temporary(self._real)))
        except ChangedByOther:
            raise
        except NotRestored as error:
            raise ServerError(f"Error while writing {self._path}: {error}") from error
        except ServerError as error:
            raise ServerError(f"Error while writing {self._path}: {error}{self._state}") from error

    def save_beside(self, name: str, data: bytes) -> str:
        target = os.path.join(os.path.dirname(self._real), name)
        try:
            self._save(target, data)
        except OSError as error:
            state = f"; {self._path} was not changed"
            raise_in_words("saving the old bytes as", target, error, state + told_if_left(_temporary(target)))
        return target

    def close(self) -> None:
        close_quietly(self._descriptor)

    def fits(self, offset: int, length: int) -> bool:
        return offset // PAGE == (offset + max(length, 1) - 1) // PAGE

    def write(self, offset: int, data: bytes) -> None:
        if os.pwrite(self._descriptor, data, offset) != len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def truncate(self, size: int) -> None:
        os.ftruncate(self._descriptor, size)

    def flush(self) -> None:
        os.fsync(self._descriptor)

    def _save(self, target: str, data: bytes) -> None:
        if is_separate_copy(target, data):
            return
        temporary = _new_temporary(target)
        made = -1
        try:
            made = make_file(temporary, data, 0o600)
            let_same_users_read(self._descriptor, made)
            os.replace(temporary, target)
        except BaseException:
            unlink_quietly(temporary)
            raise
        finally:
            close_quietly(made)
        sync_folder(target)

    def _replace_in_place(self, old: bytes, new: bytes) -> None:
        if not self._in_place:
            close_quietly(self._descriptor)
            self._descriptor = -1
            self._descriptor = open_locked(self._real, os.O_RDWR)
        self._compare(old)
        kept: list[str] = []

        def keep() -> str:
            # By its bytes, so that no run removes what another one had to leave behind.
            kept.append(rescue_name(self._real, old))
            self._save(kept[-1], old)
            return kept[-1]

        try:
            replace_in_place(self, old, new, keep)
            self._state = CHANGED
        except NotRestored:
            kept.clear()
            raise
        finally:
            for copy in kept:
                unlink_if_there(copy)

    def _replace_by_rename(self, old: bytes, new: bytes) -> bool:
        """Replace the file by a new one with all its attributes; False when that would lose one."""
        temporary = _new_temporary(self._real)
        made = -1
        try:
            made = make_file(temporary, new, 0o600)
            # The next writer waits for the new file as it did for the old one.
            lock_file(made, temporary)
            if os.fstat(self._descriptor).st_nlink != 1 or not take_on_attributes(self._descriptor, made):
                return False
            self._compare(old)
            if not _renamed(temporary, self._real):
                return False
            self._state = CHANGED
            self._descriptor, made = made, self._descriptor
        finally:
            if self._state == UNCHANGED:
                unlink_quietly(temporary)
            close_quietly(made)
        sync_folder(self._real)
        return True

    def _compare(self, data: bytes) -> None:
        if self.read() != data or not is_file_at(self._descriptor, self._real):
            state = "nothing was written" if self._state == UNCHANGED else "the new bytes were there before"
            raise ChangedByOther(
                f"Error while writing {self._path}: it was changed by someone else meanwhile; {state}: "
                "run the task again"
            )


def _make_by_link(temporary: str, real: str, data: bytes) -> None:
    close_quietly(make_file(temporary, data, 0o666))
    try:
        os.link(temporary, real)
    except FileExistsError:
        raise
    except OSError:
        # There are file systems without links.
        close_quietly(make_file(real, data, 0o666))


def _renamed(temporary: str, real: str) -> bool:
    """Rename, where the file is no mount of its own (as containers have them)."""
    try:
        os.rename(temporary, real)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _temporary(real: str) -> str:
    folder, name = os.path.split(real)
    return os.path.join(folder, f".{name}.winsock_proxy.tmp")


def _new_temporary(real: str) -> str:
    """Name the temporary file of an edit. Under our lock, so what a killed run left behind goes first."""
    temporary = _temporary(real)
    unlink_quietly(temporary)
    return temporary


__all__ = ("LocalWriter",)

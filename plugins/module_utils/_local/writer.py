# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
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
from .._server.errors import ChangedByOther, NameTaken, ServerError
from .checks import check_file, check_folder, same_name_to_windows
from .copies import must_copy
from .posix import (
    attributes_of,
    file_system_type,
    is_append_only_folder,
    is_file_at,
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
from .reading import close_quietly, raise_in_words, read_within_limit
from .spot import Spot

# Where a rename keeps all that these files can have.
RENAME_KEEPS_ALL = frozenset(("ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "overlay"))
# A kill can end a write between two pages, never within one.
PAGE = 4096
# What an error says of the file.
UNCHANGED = "; it was not changed"
CHANGED = "; it holds the new bytes"


class LocalWriter:
    """What LocalEditor loads where something is to be written; the methods are those of Editor, by spots."""

    def __init__(self, in_place: bool | None) -> None:
        self._in_place = in_place

    def check_writable(self, spot: Spot, beside: bool) -> None:
        """Raise ServerError where this user may not edit the file, or keep a copy beside it."""
        descriptor = -1
        try:
            descriptor = spot.open("checking")
            check_file(spot, descriptor)
            if beside or not goes_in_place(descriptor, self._in_place):
                check_folder("checking", spot)
        except OSError as error:
            raise_in_words("checking", spot.path, error)
        finally:
            close_quietly(descriptor)

    def check_beside(self, spot: Spot, name: str, data: bytes) -> None:
        """Raise ServerError where something else has the name of the copy."""
        must_copy(spot, name, data)

    def open(self, spot: Spot) -> _LocalFile:
        """Open an existing file for an edit, as soon as no other writer of ours has it."""
        try:
            return _LocalFile(spot, self._in_place)
        except OSError as error:
            raise_in_words("opening", spot.path, error)

    def check_creatable(self, spot: Spot) -> None:
        """Raise ServerError where the folder is read-only, or has the name in another case."""
        check_folder("creating", spot)
        other = same_name_to_windows(spot)
        if other == spot.name:
            raise made_by_other(spot)
        if other is not None:
            raise ServerError(
                f"Error while creating {spot.path}: {other!r} is there already, and Windows would not tell the two "
                "names apart: give that name"
            )

    def create(self, spot: Spot, data: bytes) -> None:
        """Make a new file: complete in a temporary file first, then linked to its name."""
        self.check_creatable(spot)
        # Not under a lock, so no other process may come upon the same name.
        temporary = f"{spot.name}.{os.urandom(8).hex()}.winsock_proxy.tmp"
        state = ""
        try:
            _make_by_link(spot, temporary, data)
            state = CHANGED
            os.unlink(temporary, dir_fd=spot.folder)
            sync_folder(spot.folder)
        except OSError as error:
            unlink_quietly(spot.folder, temporary)
            if error.errno == errno.EEXIST:
                raise made_by_other(spot) from error
            left = told_if_left(spot.folder, temporary, spot.beside(temporary))
            raise_in_words("creating", spot.path, error, state + left)
        except BaseException:
            unlink_quietly(spot.folder, temporary)
            raise


def goes_in_place(descriptor: int, forced: bool | None) -> bool:
    """Tell whether an open file is changed in place; ``forced``: so or not, whatever it lies on."""
    if forced is not None:
        return forced
    return os.fstat(descriptor).st_nlink != 1 or file_system_type(descriptor) not in RENAME_KEEPS_ALL


def made_by_other(spot: Spot) -> ChangedByOther:
    """Give the error for a file that was not there before."""
    return ChangedByOther(f"Error while creating {spot.path}: another program has just made it: run the task again")


class _LocalFile(Handle):
    """A file under our lock. The lock is on the file itself, so it follows it through links."""

    def __init__(self, spot: Spot, in_place: bool | None) -> None:
        self._spot = spot
        self._path = spot.path
        self._state = UNCHANGED
        self._descriptor = open_locked(spot, os.O_RDONLY)
        try:
            self._in_place = goes_in_place(self._descriptor, in_place)
            if self._in_place:
                self._open_to_write()
        except BaseException:
            self.close()
            raise

    def _open_to_write(self) -> None:
        close_quietly(self._descriptor)
        self._descriptor = -1
        self._descriptor = open_locked(self._spot, os.O_RDWR)

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
            raise_in_words("writing", self._path, error, self._state + self._told_if_left(self._spot.name))
        except (ChangedByOther, NameTaken):
            raise
        except NotRestored as error:
            raise ServerError(f"Error while writing {self._path}: {error}") from error
        except ServerError as error:
            raise ServerError(f"Error while writing {self._path}: {error}{self._state}") from error

    def save_beside(self, name: str, data: bytes) -> str:
        target = self._spot.beside(name)
        try:
            self._save(name, data)
        except OSError as error:
            state = f"; {self._path} was not changed"
            raise_in_words("saving the old bytes as", target, error, state + self._told_if_left(name))
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

    def _save(self, name: str, data: bytes) -> None:
        if not must_copy(self._spot, name, data):
            return
        folder = self._spot.folder
        temporary = self._new_temporary(name)
        made = -1
        try:
            made = make_file(folder, temporary, self._spot.beside(temporary), data, 0o600)
            let_same_users_read(self._descriptor, made)
            os.fsync(made)
            os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            if not is_file_at(made, folder, name):
                raise ChangedByOther(
                    f"Error while saving the old bytes as {self._spot.beside(name)}: another program put something "
                    f"else there; {self._path} was not changed: run the task again"
                )
        except BaseException:
            unlink_quietly(folder, temporary)
            raise
        finally:
            close_quietly(made)
        sync_folder(folder)

    def _replace_in_place(self, old: bytes, new: bytes) -> None:
        if not self._in_place:
            self._open_to_write()
        self._compare(old)
        kept: list[str] = []

        def keep() -> str:
            # By its bytes, so that no run removes what another one had to leave behind.
            kept.append(rescue_name(self._spot.name, old))
            try:
                self._save(kept[-1], old)
            except NameTaken:
                kept.clear()
                raise
            return self._spot.beside(kept[-1])

        try:
            replace_in_place(self, old, new, keep)
            self._state = CHANGED
        except NotRestored:
            kept.clear()
            raise
        finally:
            for copy in kept:
                unlink_if_there(self._spot.folder, copy)

    def _replace_by_rename(self, old: bytes, new: bytes) -> bool:
        """Replace the file by a new one with all its attributes; False when that would lose one."""
        folder, name = self._spot.folder, self._spot.name
        temporary = self._new_temporary(name)
        made = -1
        try:
            made = make_file(folder, temporary, self._spot.beside(temporary), new, 0o600)
            # The next writer waits for the new file as it did for the old one.
            lock_file(made, self._spot.beside(temporary))
            attributes = take_on_attributes(self._descriptor, made)
            if attributes is None or os.fstat(self._descriptor).st_nlink != 1:
                return False
            self._compare(old)
            if attributes_of(self._descriptor) != attributes or not is_file_at(made, folder, temporary):
                raise self._changed_by_other()
            if not _renamed(folder, temporary, name):
                return False
            self._state = CHANGED
            self._descriptor, made = made, self._descriptor
        finally:
            if self._state == UNCHANGED:
                unlink_quietly(folder, temporary)
            close_quietly(made)
        sync_folder(folder)
        return True

    def _compare(self, data: bytes) -> None:
        if self.read() != data or not is_file_at(self._descriptor, self._spot.folder, self._spot.name):
            raise self._changed_by_other()

    def _changed_by_other(self) -> ChangedByOther:
        state = "nothing was written" if self._state == UNCHANGED else "the new bytes were there before"
        return ChangedByOther(
            f"Error while writing {self._path}: it was changed by another program meanwhile; {state}: "
            "run the task again"
        )

    def _new_temporary(self, name: str) -> str:
        """Name the temporary file of an edit. Under our lock, so what a killed run left behind goes first."""
        if is_append_only_folder(self._spot.folder):
            raise OSError(errno.EPERM, os.strerror(errno.EPERM), self._spot.local_folder)
        unlink_quietly(self._spot.folder, _temporary(name))
        return _temporary(name)

    def _told_if_left(self, name: str) -> str:
        temporary = _temporary(name)
        return told_if_left(self._spot.folder, temporary, self._spot.beside(temporary))


def _make_by_link(spot: Spot, temporary: str, data: bytes) -> None:
    folder, name = spot.folder, spot.name
    made = make_file(folder, temporary, spot.beside(temporary), data, 0o666)
    try:
        os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
        if not is_file_at(made, folder, name):
            raise made_by_other(spot)
    except FileExistsError:
        raise
    except OSError:
        # There are file systems without links.
        close_quietly(make_file(folder, name, spot.local, data, 0o666))
    finally:
        close_quietly(made)


def _renamed(folder: int, temporary: str, name: str) -> bool:
    """Rename, where the file is no mount of its own (as containers have them)."""
    try:
        os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _temporary(name: str) -> str:
    return f".{name}.winsock_proxy.tmp"


__all__ = ("LocalWriter",)

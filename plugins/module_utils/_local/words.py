# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a path, and what an error of the operating system asks of the user, in words.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

import errno

IN_USE = "it is in use by another program: run the task again when that program is done"
SENTENCES = {
    errno.EACCES: "this user may not do that; run the task as one who may, for example with 'become: true'",
    errno.EPERM: "it is not permitted; look at the attributes of the file and its folder (lsattr)",
    errno.EROFS: "it lies on a file system that is mounted read-only",
    errno.ENOSPC: "the disk is full: make room and run the task again",
    errno.EDQUOT: "the disk quota is used up: make room and run the task again",
    errno.EIO: "the disk or its connection reported an error",
    errno.ENOENT: "it is no longer there",
    errno.ETXTBSY: IN_USE,
    errno.EAGAIN: IN_USE,
    errno.EEXIST: "what has that name is in the way: remove it",
}


def fault_of_path(path: str) -> str:
    """Say why this is no absolute POSIX path."""
    if path[:1] == "~":
        return f"{path}: '~' is not expanded here: give the absolute path"
    if path[1:2] == ":" or path[:1] == "\\":
        return (
            f"{path}: this is a Windows path: give 'drives' with the folder where its drive is visible, such as "
            "{C: /mnt/ex01-c}, or reach the server by the connection legacy_exchange.winsock_proxy.smb"
        )
    if path[:1] != "/":
        return f"{path}: this path is relative: give an absolute one"
    return "path: it holds a NUL character"


def in_words(doing: str, path: str, error: OSError, state: str) -> str:
    """Say what was attempted, what was found, and what to do; ``state``: what became of the file, if anything."""
    reason = SENTENCES.get(error.errno or 0, "see the message of the operating system")
    other = f" ({error.filename})" if isinstance(error.filename, str) and error.filename != path else ""
    return f"Error while {doing} {path}: {error.strerror or error}{other}: {reason}{state}"


__all__ = ("fault_of_path", "in_words")

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where steps keep what they write: a home and temporary folders below .build, whatever the user's own are."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.ci.venvs import BUILD, COLLECTIONS

HOME = BUILD / "home"
TEMPORARY = BUILD / "tmp"
# Of the user's own settings these are kept; all others would lead out of .build.
NOT_INHERITED = ("ANSIBLE_", "MOLECULE_", "PYTEST_DEBUG_TEMPROOT", "XDG_", "WINE")
FOR_OTHERS = 0o001
# The path of a socket has at most 107 characters, and Chromium adds 46 of its own.
LONGEST = 60
# Empty on most systems: a mount there hides nothing.
PLACES = [Path(name) for name in ("/mnt", "/srv", "/media", "/opt")]


def environment(folder: Path, collections: Path = COLLECTIONS) -> dict[str, str]:
    """Give the environment in which the programs of a virtual environment run, with a home below .build."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(NOT_INHERITED)}
    return own | {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "VIRTUAL_ENV": str(folder),
        "HOME": str(HOME),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_HOME": str(BUILD / "ansible"),
        # On the local machine too, Ansible asks the shell for the home of a user, which is not $HOME.
        "ANSIBLE_ASYNC_DIR": str(BUILD / "ansible" / "async"),
        "ANSIBLE_REMOTE_TMP": str(BUILD / "ansible" / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
        "HYPOTHESIS_STORAGE_DIRECTORY": str(BUILD / "hypothesis"),
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": "",
        "RUFF_CACHE_DIR": str(BUILD / "ruff_cache"),
        "LC_ALL": "C.UTF-8",
    }


def make_home() -> None:
    """Make the home, with the user's settings of git and pip: whom git trusts, where pip finds packages."""
    for name in (".gitconfig", ".config/git/config", ".config/pip/pip.conf", ".pip/pip.conf"):
        target = HOME / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if (Path.home() / name).is_file():
            shutil.copyfile(Path.home() / name, target)


def temporary(name: str) -> Path:
    """Give an empty temporary folder for a step, as open to all users as /tmp is."""
    folder = TEMPORARY / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o1777)
    return folder


def hidden(folder: Path) -> bool:
    """Tell whether a folder above is closed to other users, as /root is: tests of rights could not enter."""
    return not all(above.stat().st_mode & FOR_OTHERS for above in folder.parents)


def within(folder: Path, command: list[str]) -> tuple[list[str], Path]:
    """Give the command that runs with a folder for temporary files, and the name that the folder has for it.

    A folder that other users cannot reach, or whose path is long, is mounted elsewhere for this command alone.
    Where this machine has no place or allows no mount, the folder stays where it is.
    """
    if os.geteuid() != 0 or not (hidden(folder) or len(str(folder)) > LONGEST):
        return command, folder
    place = next((each for each in PLACES if each.is_dir() and not any(each.iterdir()) and not hidden(each)), None)
    if place is None:
        return command, folder
    mount = 'mount --bind "$0" "$1" && shift && exec "$@"'
    alone = ["unshare", "--mount", "sh", "-c", mount, str(folder), str(place)]
    able = subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    return ([*alone, *command], place) if able else (command, folder)

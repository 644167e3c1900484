# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of `mspclnt_ini`: their argument spec, and what they ask for once checked.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple

from .._errors import OptionError
from .._profile.stanza import DEFAULT_STANZA, Stanza

DEFAULT_SECTION = "EMSMTA"
PRESENT, ABSENT, RESTORED = STATES = ("present", "absent", "restored")


class EditRequest(NamedTuple):
    """The edit that `mspclnt_ini` was asked for.

    path: the file, as the editor takes it. stanza: what is to be there, or where not present,
    the keys that are to go. create: a missing file may be made. backup: the old bytes are kept.
    backup_file: the copy whose bytes are put back as a whole; the stanza then only names the
    keys that the result shows.
    """

    path: str
    stanza: Stanza
    present: bool
    create: bool
    backup: bool
    backup_file: str | None = None


def mspclnt_ini_spec() -> dict[str, dict[str, Any]]:
    """Give the argument spec."""
    return {
        "path": {"type": "str", "required": True},
        "drives": {"type": "dict"},
        "section": {"type": "str", "default": DEFAULT_SECTION},
        "settings": {"type": "dict"},
        "state": {"type": "str", "choices": list(STATES), "default": PRESENT},
        "backup_file": {"type": "str"},
        "create": {"type": "bool", "default": False},
        "backup": {"type": "bool", "default": False},
    }


def edit_request_from(options: Mapping[str, Any]) -> EditRequest:
    """Check the options, as the argument spec leaves them; raise OptionError before anything is opened."""
    if not options["path"]:
        raise OptionError("path: it is empty; give the path of the file")
    return EditRequest(
        path=options["path"],
        stanza=_stanza(options),
        present=options["state"] == PRESENT,
        create=options["create"],
        backup=options["backup"],
        backup_file=_backup_file(options["backup_file"], options["state"] == RESTORED),
    )


def _stanza(options: Mapping[str, Any]) -> Stanza:
    if options["settings"] is None and options["section"] == DEFAULT_SECTION:
        return DEFAULT_STANZA
    # Most runs ask for what the article says: what checks anything else is loaded only then.
    from .stanza import stanza_from

    return stanza_from(options["section"], options["settings"], options["state"] == PRESENT)


def _backup_file(option: str | None, restored: bool) -> str | None:
    if restored and not option:
        raise OptionError("backup_file: required with 'state: restored'; give the copy, as an earlier run returned it")
    if option and not restored:
        raise OptionError("backup_file: it is put back with 'state: restored' only; leave it out, or give that state")
    return option or None


def edit_drives_from(options: Mapping[str, Any]) -> dict[str, str]:
    """Check the option ``drives``; give the folders by capital letters, none where it is left out."""
    if not options["drives"]:
        return {}
    from .drives import drives_from

    return drives_from(options["drives"])


def refuse_drives_over_smb(options: Mapping[str, Any]) -> None:
    """Raise OptionError where drives are given for a server behind SMB, which has its own."""
    if options["drives"]:
        raise OptionError("drives: over SMB the path is one on the server's own drives; leave 'drives' out")


__all__ = (
    "EditRequest",
    "edit_drives_from",
    "edit_request_from",
    "mspclnt_ini_spec",
    "refuse_drives_over_smb",
)

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample server in both worlds, on visible drives and behind SMB, and what must be the same in both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.event_log import DriveEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.event_log import SmbEventLog
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry

from tests.lab.servers import Sample
from tests.smb.callers import Caller

CODES = ("reasons", "risks", "advice", "notes")


# Why the MTA has read the fix, or why that is not known: on drives that it has is never known.
IN_FORCE = ("mta_read_fix", "mta_stopped", "in_force_unknown")
# What a file tells of a log, and the service that keeps it does not.
OF_THE_FILE = ("clean",)


def over_smb(sample: Sample, caller: Caller) -> dict[str, Any]:
    server, request = caller.server(), look_request_over_smb(sample.options)
    return gated(
        inform(
            SmbFiles(server),
            request,
            False,
            lambda _root: SmbRegistry(server),
            lambda _root, _registry: SmbEventLog(server),
        )
    )


def on_drives(sample: Sample, folder: Path) -> dict[str, Any]:
    sample.furnish(folder)
    sample.add_hives(folder)
    sample.add_log(folder)
    drives = {letter: str(folder / letter) for letter in sample.drives}
    request = look_request_from({**sample.options, "drives": drives})
    files = DriveFiles(request.drives)
    return gated(
        inform(
            files,
            request,
            False,
            lambda root: DriveRegistry(files, root),
            lambda root, registry: DriveEventLog(files, root, registry),
        )
    )


def plain(value: Any) -> Any:
    """Give paths without their case, which a server does not tell."""
    return [text.lower() if "\\" in text else text for text in value] if isinstance(value, list) else value


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Give what must be the same in both worlds."""
    codes = {name: [item["code"] for item in result[name] if item["code"] not in IN_FORCE] for name in CODES}
    facts = {
        part: {name: plain(fact["value"]) for name, fact in result["evidence"][part]["facts"].items()}
        for part in ("mta", "client", "system")
    }
    plan = [step["path"].lower() for step in result["plan"]]
    stanzas = [
        (stanza["section_found"], stanza["disable"], stanza["entries"]) for stanza in result["evidence"]["stanzas"]
    ]
    part = {name: result["evidence"][name]["state"] for name in ("mta", "client")}
    return {
        "status": result["status"],
        "certainty": result["certainty"],
        "sentence": result["msg"],
        "plan": plan,
        "edits": [step["edit"] for step in result["plan"]],
        "facts": facts,
        "stanzas": stanzas,
        "parts": part,
        "events": events(result),
        **codes,
    }


def in_force(result: dict[str, Any]) -> list[str | None]:
    """Give whether the MTA has read the fix, and by the code of which reason."""
    why = [reason["code"] for reason in result["reasons"] if reason["code"] in IN_FORCE]
    assert len(why) <= 1
    return [result["in_force"], *(why or [None])]


def events(result: dict[str, Any]) -> dict[str, Any] | None:
    """Give what a log tells in both worlds: a file has no clock."""
    found = result["events"]
    if found is None:
        return None
    rest = {key: value for key, value in found["log"].items() if key not in OF_THE_FILE}
    return {**found, "clock": None, "log": rest}


def texts(result: dict[str, Any]) -> dict[str, Any]:
    """Give all that is said in words, with its source and certainty, without the case of paths."""
    return {
        name: [{key: str(value).lower() for key, value in item.items()} for item in result[name]]
        for name in (*CODES, "not_read")
    }

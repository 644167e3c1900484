# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample server in both worlds, on visible drives and behind SMB, and what must be the same in both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._inform import inform
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.files import DriveFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.registry import DriveRegistry
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.emsmta_info import (
    look_request_from,
    look_request_over_smb,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import gated
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.files import SmbFiles
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._smb.registry import SmbRegistry

from tests.lab.servers import Sample
from tests.smb.callers import Caller

CODES = ("reasons", "risks", "advice", "notes")


def over_smb(sample: Sample, caller: Caller) -> dict[str, Any]:
    server = caller.server()
    return gated(
        inform(SmbFiles(server), look_request_over_smb(sample.options), False, lambda _root: SmbRegistry(server))
    )


def on_drives(sample: Sample, folder: Path) -> dict[str, Any]:
    sample.furnish(folder)
    sample.add_hives(folder)
    drives = {letter: str(folder / letter) for letter in sample.drives}
    request = look_request_from({**sample.options, "drives": drives})
    files = DriveFiles(request.drives)
    return gated(inform(files, request, False, lambda root: DriveRegistry(files, root)))


def plain(value: Any) -> Any:
    """Give paths without their case, which a server does not tell."""
    return [text.lower() if "\\" in text else text for text in value] if isinstance(value, list) else value


def told(result: dict[str, Any]) -> dict[str, Any]:
    """Give what must be the same in both worlds."""
    codes = {name: [item["code"] for item in result[name]] for name in CODES}
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
        "in_force": result["in_force"],
        "sentence": result["msg"],
        "plan": plan,
        "edits": [step["edit"] for step in result["plan"]],
        "facts": facts,
        "stanzas": stanzas,
        "parts": part,
        **codes,
    }


def texts(result: dict[str, Any]) -> dict[str, Any]:
    """Give all that is said in words, with its source and certainty, without the case of paths."""
    return {
        name: [{key: str(value).lower() for key, value in item.items()} for item in result[name]]
        for name in (*CODES, "not_read")
    }

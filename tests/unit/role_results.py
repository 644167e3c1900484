# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of the modules, as the role registers them."""

from __future__ import annotations

from typing import Any

from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import conclude, decide

INI, WSPCFG = "C:\\mspclnt\\mspclnt.ini", "D:\\exchsrvr\\bin\\wspcfg.ini"
LOCAL = "/mnt/ex01-c/mspclnt/mspclnt.ini"
FILE = {"path": INI, "local": LOCAL}
REFRESH = {"code": "overwritten_on_refresh", "message": "It may be undone.", "mitigated": False}
LOCKED = {"code": "do_not_edit", "message": "It should not be edited"}
MASTER = "\\\\PROXY-09\\mspclnt"
RESTART = {"code": "restart_mta", "message": "Restart the MTA."}


def found(status: str, *keys: str, disable: str | None = None, **more: Any) -> dict[str, Any]:
    """Give a result of `emsmta_info` whose one stanza holds these keys."""
    entries = [{"key": key, "value": "x", "line": 1} for key in keys]
    return {
        "msg": f"{status} (documented): Windows reads nothing",
        "status": status,
        "certainty": "documented",
        "check_mode": False,
        "reasons": [{"code": "stanza", "message": "Windows reads nothing"}],
        "risks": [REFRESH],
        "advice": [RESTART],
        "plan": [{**FILE, "edit": []}] if status == "exposed" else [],
        "evidence": {
            "stanzas": [{**FILE, "disable": disable, "entries": entries}],
            "client": {"facts": {"master": {"value": MASTER, "from": "[Master Config] Path1"}}},
        },
        "in_force": "unknown",
        "events": None,
        "not_read": [],
        **more,
    }


def edited(*paths: str) -> list[dict[str, Any]]:
    """Give what `mspclnt_ini` returned for these paths."""
    return [{"__emsmta_bypass_file": file_of(path), "path": path, "changed": True, "diff": []} for path in paths]


def file_of(path: str) -> dict[str, str]:
    """Name a file as the role hands it on."""
    return {"path": path, "local": "/mnt/ex01-" + path[0].lower() + path[2:].replace("\\", "/")}


def concluded(
    before: dict[str, Any],
    present: bool,
    edits: list[dict[str, Any]],
    after: dict[str, Any] | None = None,
    check: bool = False,
) -> dict[str, Any]:
    """Decide on a server, and conclude after these edits."""
    return conclude(decide(before, present, override_proxied=False), present, check, edits, after)

# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract of `emsmta_info`'s result, whatever the server looks like."""

from __future__ import annotations

import json
from typing import Any

KEYS = {
    "changed",
    "check_mode",
    "msg",
    "status",
    "certainty",
    "reasons",
    "risks",
    "advice",
    "plan",
    "evidence",
    "not_read",
    "paths",
    "events",
    "in_force",
    "notes",
}
RISKS = {
    "overwritten_on_refresh",
    "hidden_by_wspcfg",
    "proxied_on_purpose",
    "proxy_client_1_0",
    "cluster",
    "all_peers_local",
    "mta_not_restarted",
    "proxied_by_default",
    "proxy_on_this_server",
}
LINE = {"line", "before", "after"}
PART = {"state", "certainty", "reason", "source", "path"}


def each_text(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in (*value, *value.values()) for text in each_text(item)]
    if isinstance(value, list):
        return [text for item in value for text in each_text(item)]
    return [value] if isinstance(value, str) else []


def check_shape(result: dict[str, Any]) -> None:
    """The contract, whatever the server looks like."""
    assert set(result) - {"left_out"} == KEYS
    assert result["changed"] is False
    assert result["status"] in ("exposed", "protected", "not_applicable", "unknown")
    assert result["certainty"] in ("documented", "inferred")
    assert result["in_force"] in ("yes", "no", "unknown")
    for name, keys in (
        ("reasons", {"code", "message", "source", "certainty"}),
        ("risks", {"code", "message", "source", "certainty", "mitigated"}),
        ("advice", {"code", "message", "source", "certainty"}),
        ("plan", {"path", "local", "section", "settings", "reason", "edit"}),
        ("not_read", {"what", "reason"}),
        ("notes", {"code", "message", "source", "certainty"}),
    ):
        assert all(set(item) == keys for item in result[name]), name
    assert result["reasons"]
    assert {risk["code"] for risk in result["risks"]} <= RISKS
    check_evidence(result)
    check_texts(result)


def check_evidence(result: dict[str, Any]) -> None:
    evidence = result["evidence"]
    assert set(evidence) == {"mta", "client", "system", "stanzas"}
    assert set(evidence["mta"]) == set(evidence["client"]) == PART | {"facts"}
    for part in ("mta", "client", "system"):
        assert all(set(fact) == {"value", "from"} and fact["from"] for fact in evidence[part]["facts"].values())
    assert set(result["paths"]) == {"mspclnt", "system_ini", "emsmta", "wspcfg"}
    assert all(path is None or set(path) == {"windows", "local"} for path in result["paths"].values())
    for stanza in evidence["stanzas"]:
        assert set(stanza) - {"left_out"} == {"path", "local", "section_found", "disable", "entries"}
        assert all(set(entry) == {"key", "value", "line"} for entry in stanza["entries"])


def check_texts(result: dict[str, Any]) -> None:
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    for text in each_text(result):
        text.encode("utf-8")
    messages = [item["message"] for name in ("reasons", "risks", "advice") for item in result[name]]
    messages += [gap["reason"] for gap in result["not_read"]]
    assert all(message and len(message) < 5000 for message in messages)


def check_judgement(result: dict[str, Any]) -> None:
    """What the tables of evidence and status never allow."""
    mta, client = result["evidence"]["mta"]["state"], result["evidence"]["client"]["state"]
    if result["status"] in ("exposed", "protected"):
        assert (mta, client) == ("installed", "installed")
    elif result["status"] == "not_applicable":
        assert "absent" in (mta, client)
    else:
        assert result["not_read"] or result["risks"]
    assert (result["status"] == "not_applicable") is ("absent" in (mta, client))
    known = [(path["windows"], path["local"]) for path in result["paths"].values() if path]
    assert all((step["path"], step["local"]) in known for step in result["plan"])
    assert all(len(step["edit"]) <= 3 and set(line) == LINE for step in result["plan"] for line in step["edit"])

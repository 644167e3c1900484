# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role decides and reports, from results as `emsmta_info` and `mspclnt_ini` give them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import (
    changed,
    conclude,
    decide,
    tell,
)

from tests.lab.servers import samples
from tests.unit.role_results import FILE, INI, LOCAL, LOCKED, MASTER, REFRESH, WSPCFG, concluded, edited, found
from tests.unit.sample_drives import ask, furnish


@pytest.mark.parametrize(
    ("before", "present", "override", "paths", "refusal"),
    [
        (found("exposed"), True, False, [INI], ""),
        (found("exposed", "DISABLE"), True, False, [INI], ""),
        (found("protected", "Disable", disable="1"), True, False, [], ""),
        (found("protected", "Disable", disable="1"), False, False, [INI], ""),
        (found("not_applicable", "Disable", disable="0"), False, False, [INI], ""),
        (found("exposed"), False, False, [], ""),
        (found("exposed", "Disable", "ServerBindTcpPorts"), True, False, [], "ServerBindTcpPorts"),
        (found("exposed", "Disable", "ServerBindTcpPorts"), True, True, [INI], ""),
        (found("exposed", "Disabled"), True, False, [], "also holds Disabled"),
        (found("exposed", plan=[], reasons=[LOCKED]), True, True, [], "exposed: It should not be edited. Restart"),
        (found("exposed", plan=[], reasons=[LOCKED], advice=[]), True, True, [], "ISA Management"),
        (found("exposed", reasons=[LOCKED], disable="0"), False, False, [], "It should not be edited"),
        (found("protected", reasons=[LOCKED], disable="1"), True, False, [], ""),
        (found("protected", reasons=[LOCKED], disable="1"), False, False, [], "It should not be edited"),
        (found("exposed", reasons=[LOCKED]), False, False, [], ""),
        (found("unknown"), True, True, [], "status unknown: Windows reads nothing. Restart the MTA."),
        (found("unknown", disable="1"), False, False, [], "status unknown"),
    ],
)
def test_decision(before: dict[str, Any], present: bool, override: bool, paths: list[str], refusal: str) -> None:
    decision = decide(before, present, override)
    assert [file["path"] for file in decision["to_edit"]] == paths
    assert all(file == FILE for file in decision["to_edit"])
    assert decision["outcome"] == ("refused" if refusal else "ok")
    assert refusal in decision["message"]


def test_a_server_that_is_right() -> None:
    result = decide(found("protected", disable="1"), True, False)
    assert (result["outcome"], result["changed"], result["changes"], result["to_edit"]) == ("ok", False, [], [])
    assert (result["status_before"], result["status_after"]) == ("protected", "protected")
    assert result["next_steps"] == ["It may be undone."]
    assert result["msg"] == "protected (documented): Windows reads nothing"
    assert result["message"] == result["msg"]


def test_the_result_has_what_windows_reads_and_the_master_copy_by_the_last_look() -> None:
    before = decide(found("exposed", disable="0"), True, False)
    assert ([stanza["disable"] for stanza in before["stanzas"]], before["master_copy"]) == (["0"], MASTER)
    fixed = found("protected", disable="1")
    fixed["evidence"]["client"] = {"facts": {}}
    result = concluded(found("exposed", disable="0"), True, edited(INI), fixed)
    assert ([stanza["disable"] for stanza in result["stanzas"]], result["master_copy"]) == (["1"], None)
    predicted = concluded(found("exposed", disable="0"), True, edited(INI), check=True)
    assert ([stanza["disable"] for stanza in predicted["stanzas"]], predicted["master_copy"]) == (["0"], MASTER)


def test_a_look_without_a_decision_is_told_in_the_words_of_the_role() -> None:
    told = tell(found("exposed", disable="0", advice=[{"code": "look", "message": "Give exchange_bin."}]))
    assert (told["status"], told["stanzas"][0]["disable"], told["master_copy"]) == ("exposed", "0", MASTER)
    assert told["advice"][0]["message"] == "Give emsmta_bypass_exchange_bin."
    assert "outcome" not in told


def test_edits_that_change_nothing_any_more() -> None:
    edits = [{"__emsmta_bypass_file": FILE, "path": INI, "changed": False}]
    assert not changed(edits)
    result = concluded(found("exposed"), True, edits)
    assert (result["outcome"], result["changed"], result["to_edit"]) == ("ok", False, [])
    assert "nothing to change" in result["message"]


def test_a_verified_change() -> None:
    assert changed(edited(INI))
    result = concluded(found("exposed"), True, edited(INI), found("protected", disable="1"))
    assert (result["outcome"], result["status_after"], result["in_force"]) == ("ok", "protected", "no")
    assert result["changes"] == [{**FILE, "before": {}, "after": {}, "backup_file": None, "backup_local": None}]
    assert result["next_steps"] == ["Restart the MTA.", "It may be undone."]
    assert result["msg"] == "protected (documented): Windows reads nothing"
    assert result["message"] == (
        "exposed -> protected (documented): changed mspclnt.ini; before, Windows read nothing; restart the MTA"
    )


@pytest.mark.parametrize(
    ("status", "present", "predicted"),
    [("exposed", True, "protected"), ("protected", False, "exposed"), ("not_applicable", False, "not_applicable")],
)
def test_check_mode_predicts(status: str, present: bool, predicted: str) -> None:
    before = found(status, disable=None if present else "1")
    result = concluded(before, present, edited(INI), check=True)
    assert (result["outcome"], result["status_after"], result["in_force"]) == ("ok", predicted, "unknown")
    assert "would change mspclnt.ini; Windows reads nothing" in result["message"]
    assert "restart" not in result["message"]


def test_an_edit_that_windows_does_not_read() -> None:
    result = concluded(found("exposed"), True, edited(INI), found("exposed"))
    assert result["outcome"] == "not_verified"
    assert result["message"].startswith("Windows was not seen to read what was written: exposed (documented)")
    absent = concluded(found("protected", disable="1"), False, edited(INI), found("exposed", disable="0"))
    assert absent["outcome"] == "not_verified"
    # What could not be read proves nothing.
    unknown = concluded(found("exposed"), True, edited(INI), found("unknown"))
    assert unknown["message"].startswith("Windows was not seen to read what was written: exposed -> unknown")


def test_an_edit_that_fails_beside_one_that_does_not() -> None:
    edits = [*edited(INI), {"failed": True, "msg": "Error while checking WSPCFG.INI: it is read-only"}]
    result = concluded(found("exposed"), True, edits, found("exposed", disable="1"))
    assert (result["outcome"], result["changed"], result["status_after"]) == ("failed", True, "exposed")
    assert result["message"].startswith("Error while checking WSPCFG.INI: it is read-only. The server now: exposed")
    assert "changed mspclnt.ini" in result["message"]
    assert "Restart the MTA." in result["next_steps"]
    predicted = concluded(found("exposed"), True, edits, check=True)
    assert (predicted["outcome"], predicted["status_after"]) == ("failed", "exposed")


def test_an_edit_that_fails_alone() -> None:
    result = concluded(found("exposed"), True, [{"failed": True, "msg": "the disk is full"}])
    assert (result["outcome"], result["changed"]) == ("failed", False)
    assert result["message"] == (
        "the disk is full. Nothing was changed. The server now: exposed (documented): Windows reads nothing."
    )


def test_a_restart_that_is_not_known_is_told_where_nothing_changed() -> None:
    unsure = {"code": "mta_not_restarted", "message": "Perhaps not restarted.", "mitigated": False}
    assert decide(found("protected", risks=[unsure]), True, False)["next_steps"] == ["Perhaps not restarted."]
    after = found("protected", disable="1", risks=[unsure])
    assert concluded(found("exposed"), True, edited(INI), after)["next_steps"] == ["Restart the MTA."]


def test_a_restart_that_was_seen_is_no_next_step() -> None:
    seen = {"code": "mta_not_restarted", "message": "It was started since.", "mitigated": True}
    assert decide(found("protected", risks=[seen]), True, False)["next_steps"] == []


def test_mail_that_an_edit_may_have_stopped_is_told_after_it() -> None:
    """A protected server has not this risk any more, and the one who edited it must hear of it."""
    risk = {"code": "proxied_by_default", "message": "Disable=1 stops that mail.", "mitigated": False}
    before = found("exposed", risks=[risk])
    after = found("protected", disable="1", risks=[])
    assert concluded(before, True, edited(INI), after)["next_steps"] == ["Restart the MTA.", risk["message"]]
    assert concluded(before, True, edited(INI), check=True)["next_steps"].count(risk["message"]) == 1
    assert concluded(before, True, edited(INI), before)["next_steps"].count(risk["message"]) == 1
    assert concluded(before, False, edited(INI), after)["next_steps"] == ["Restart the MTA."]


def test_that_the_fault_cannot_occur_is_told() -> None:
    local = {"code": "all_peers_local", "message": "It cannot occur.", "mitigated": True}
    assert decide(found("protected", risks=[local]), True, False)["next_steps"] == ["It cannot occur."]


def test_a_refusal_is_the_message_and_the_next_step() -> None:
    refused = decide(found("exposed", "Persistent"), True, False)
    assert (refused["outcome"], refused["changed"]) == ("refused", False)
    assert refused["next_steps"] == [refused["message"]]
    assert "emsmta_bypass_override_proxied" in refused["message"]
    assert concluded(found("exposed", "Persistent"), True, []) == refused


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("ServerBindTcpPorts", "ServerBindTcpPorts has the proxy listen on these ports for the MTA (KB Q181420). "),
        ("SERVERBINDTCPPORTS", "ServerBindTcpPorts has the proxy listen on these ports for the MTA (KB Q181420). "),
        ("ProxyBindIp", "ProxyBindIp binds ports to an address of the proxy (CAT8). "),
        ("Persistent", "Persistent keeps the proxy's end while the MTA restarts (general knowledge). "),
        ("KillOldSession", "KillOldSession ends an old session for the same port (general knowledge). "),
        ("ForceCredentials", "ForceCredentials uses other credentials for the proxy (KB Q254367). "),
        ("NameResolution", "NameResolution has names resolved here (L) or by the proxy (R) (CAT8). "),
        ("LocalBindTcpPorts", "LocalBindTcpPorts keeps these TCP ports here (CAT8). "),
        ("RemoteBindUdpPorts", "RemoteBindUdpPorts has these UDP ports on the proxy (CAT8). "),
        ("MultipleAccessTcpPorts", "MultipleAccessTcpPorts serves both sides on these TCP ports (CAT8). "),
        ("ControlChannel", ""),
    ],
)
def test_a_refusal_says_what_a_key_means(key: str, meaning: str) -> None:
    refusal = decide(found("exposed", "Disable", key), True, False)["message"]
    assert refusal == (
        f"Left alone, status exposed: section EMSMTA of {INI} also holds {key}, so X.400 may go through the proxy on "
        f"purpose, and Disable=1 would end that. {meaning}If it is not wanted, set emsmta_bypass_override_proxied to "
        "true."
    )


def test_a_refusal_says_what_all_keys_mean() -> None:
    refusal = decide(found("exposed", "Persistent", "ServerBindTcpPorts", "ProxyBindIp"), True, False)["message"]
    assert "also holds Persistent, ServerBindTcpPorts, ProxyBindIp, so" in refusal
    assert (
        " ServerBindTcpPorts has the proxy listen on these ports for the MTA (KB Q181420); ProxyBindIp binds ports to "
        "an address of the proxy (CAT8); Persistent keeps the proxy's end while the MTA restarts (general knowledge). "
        "If" in refusal
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        (
            "ex23-cluster",
            "Restart the MTA after an edit in Cluster Administrator: take its resource offline, and bring it online "
            "again; do not use 'net stop' on a cluster.",
        ),
        (
            "ex01-exposed",
            "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta' (KB Q244035). The stop "
            "takes with it what depends on the MTA, by KB Q143380 MSExchangeIMC and MSExchangeDX, where they are, and "
            "perhaps others: note which of them are running, and start again those that were.",
        ),
        (
            "ex105-dependents",
            "Restart the MTA after an edit: 'net stop msexchangemta', 'net start msexchangemta' (KB Q244035). The stop "
            "takes with it what depends on the MTA, MSExchangeIMC, as the registry says, and perhaps others: note "
            "which of them are running, and start again those that were.",
        ),
    ],
    ids=["cluster", "single server", "dependents are known"],
)
def test_the_first_step_after_a_change_is_the_restart(name: str, says: str, tmp_path: Path) -> None:
    sample = next(each for each in samples() if each.name == name)
    furnish(tmp_path, sample)
    before = ask(tmp_path, sample)
    result = concluded(before, True, edited(before["plan"][0]["path"]))
    assert result["next_steps"][0] == says
    assert result["message"].count("restart the MTA") == 1


def test_mitigated_risks_are_no_next_step() -> None:
    lasting = dict(REFRESH, mitigated=True)
    result = decide(found("protected", risks=[lasting], advice=[]), True, False)
    assert result["next_steps"] == []


def test_an_edit_that_failed_behind_its_write_is_a_change() -> None:
    edits = [{"__emsmta_bypass_file": FILE, "failed": True, "changed": True, "msg": "the answer was lost"}]
    result = concluded(found("exposed"), True, edits, found("protected", disable="1"))
    assert (result["outcome"], result["changed"], result["status_after"]) == ("failed", True, "protected")
    assert result["changes"] == [{**FILE, "before": {}, "after": {}, "backup_file": None, "backup_local": None}]
    assert result["message"].startswith(
        "the answer was lost. The server now: exposed -> protected (documented): changed mspclnt.ini;"
    )


def test_a_server_that_is_lost_after_an_edit_tells_what_changed() -> None:
    before = decide(found("exposed"), True, False)
    result = conclude(before, True, False, edited(INI), None, "EX01: the connection was cut")
    assert (result["outcome"], result["changed"], result["status_after"]) == ("not_verified", True, "exposed")
    assert result["changes"][0]["path"] == INI
    assert result["message"].endswith(
        "restart the MTA. Not verified, since the server could not be looked at again: EX01: the connection was cut"
    )


def test_an_edit_of_a_server_that_is_gone_is_a_failure() -> None:
    result = concluded(found("exposed"), True, [{"unreachable": True, "msg": "EX01: no answer"}])
    assert (result["outcome"], result["changed"]) == ("failed", False)
    assert result["message"].startswith("EX01: no answer. Nothing was changed.")


@pytest.mark.parametrize(
    ("given", "windows", "local"),
    [
        (f"{LOCAL}.c8872780.bak", f"{INI}.c8872780.bak", f"{LOCAL}.c8872780.bak"),
        (f"{INI}.c8872780.bak", f"{INI}.c8872780.bak", f"{LOCAL}.c8872780.bak"),
        (
            "\\\\EX01\\C$\\x\\a.ini.c8872780.bak",
            "C:\\mspclnt\\a.ini.c8872780.bak",
            "\\\\EX01\\C$\\x\\a.ini.c8872780.bak",
        ),
    ],
    ids=["local", "windows", "unc"],
)
def test_a_copy_is_told_by_both_kinds_of_path(given: str, windows: str, local: str) -> None:
    edits = [{**each, "backup_file": given} for each in edited(INI)]
    result = concluded(found("exposed"), True, edits, found("protected", disable="1"))
    (change,) = result["changes"]
    assert (change["backup_file"], change["backup_local"]) == (windows, local)
    assert "changed mspclnt.ini (old bytes kept); before" in result["message"]
    predicted = concluded(found("exposed"), True, edits, check=True)
    assert predicted["changes"] == result["changes"]
    assert "bytes" not in predicted["message"]


LONG = "x" * 60000
LENGTHY = [
    found("unknown", reasons=[{"code": "a", "message": LONG}, {"code": "b", "message": LONG}]),
    found("unknown", advice=[{"code": "look", "message": LONG}]),
    found("exposed", *[f"Key{number}" for number in range(60000)]),
    found("exposed", LONG, "Persistent", "ServerBindTcpPorts", "ProxyBindIp", "KillOldSession", "ForceCredentials"),
    found("exposed", plan=[], reasons=[{"code": "do_not_edit", "message": LONG}], advice=[]),
]


@pytest.mark.parametrize("look", LENGTHY, ids=["reasons", "advice", "keys", "a key", "a reason"])
def test_a_refusal_has_an_end(look: dict[str, Any]) -> None:
    result = decide(look, True, False)
    assert (result["outcome"], len(result["message"]) <= 600) == ("refused", True)
    assert result["message"].startswith("Left alone, status ")


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("lost", ["", LONG])
@pytest.mark.parametrize("failing", [False, True])
def test_a_line_has_an_end(check: bool, lost: str, failing: bool) -> None:
    before = decide(found("exposed", msg=f"exposed (inferred): {LONG}"), True, False)
    edits = [{**each, "backup_file": f"{each['path']}.c8872780.bak"} for each in edited(INI, WSPCFG)]
    edits += [{"failed": True, "msg": LONG}] * failing
    after = None if check or lost else found("protected", disable="1")
    result = conclude(before, True, check, edits, after, lost)
    assert len(result["message"]) <= (600 if failing or lost else 200)
    assert ("restart the MTA" in result["message"]) is not check


@pytest.mark.parametrize("name", [sample.name for sample in samples() if "drives" in sample.worlds])
def test_no_sample_has_a_long_message(name: str, tmp_path: Path) -> None:
    sample = next(each for each in samples() if each.name == name)
    furnish(tmp_path, sample)
    look = ask(tmp_path, sample)
    for present, check in ((True, True), (True, False), (False, True), (False, False)):
        before = decide(look, present, False)
        edits = [{**each, "backup_file": f"{each['path']}.c8872780.bak"} for each in edits_of(before)]
        after = None if check or not edits else {**look, "status": "protected" if present else "exposed"}
        for result in (before, conclude(before, present, check, edits, after)):
            assert len(result["message"]) <= (600 if result["outcome"] != "ok" else 200), result["message"]
            assert result["outcome"] != "ok" or "\\" not in result["message"]


def edits_of(before: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"__emsmta_bypass_file": file, "path": file["path"], "changed": True, "before": {}, "after": {}}
        for file in before["to_edit"]
    ]

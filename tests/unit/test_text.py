# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate: what is not printable is escaped once, all else stays, and nothing is without end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._edit.procedure import apply
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._local.editor import LocalEditor
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._options.mspclnt_ini import (
    edit_request_from,
    mspclnt_ini_spec,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._profile.document import ProfileError
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._server.text import (
    MOST_ITEMS,
    few,
    gated,
    is_plain,
    message,
    plain,
)
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import decide
from hypothesis import given
from hypothesis import strategies as st

from tests.cases.samples import sample
from tests.lab.hives import hive
from tests.lab.servers import Sample, hive_trees, samples
from tests.unit.drive_trees import build, write
from tests.unit.sample_drives import ask, furnish

MSPCLNT = sample("Q231878.mspclnt.ini")
EXPOSED = next(each for each in samples() if each.name == "ex01-exposed")
SIXTY_THOUSAND = b"".join(b"Key%05d=%d\r\n" % (number, number) for number in range(60_000))
MEGABYTES = 1024 * 1024


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\x1b[31m\x07", "\\x1b[31m\\x07"),
        ("\x00\t\r\n\x7f\x85\x9b", "\\x00\\x09\\x0d\\x0a\\x7f\\x85\\x9b"),
        ("\u200b\u202e\u2028\u2066\ufeff\u00ad", "\\u200b\\u202e\\u2028\\u2066\\ufeff\\xad"),
        ("\ud800\udce9", "\\ud800\\udce9"),
        ("\U000e0041", "\\U000e0041"),
        ("C:\\x1b\\new\\u202e", "C:\\x1b\\new\\u202e"),
        ("{{ 7 * 7 }}{% raw %}", "{{ 7 * 7 }}{% raw %}"),
    ],
)
def test_what_is_not_printable_is_escaped(text: str, told: str) -> None:
    assert plain(text) == told
    assert is_plain(text) is (text == told)


@pytest.mark.parametrize(
    "text",
    [
        "Straße Ærø naïve",
        "Привет мир",
        "日本語\u3000サーバー",
        "שלום",
        "مرحبا",
        "हिन्दी",
        "ไทย",
        "e\u0301 in two",
        "a\u00a0b",
        "\U0001f600",
    ],
)
def test_letters_of_all_languages_stay(text: str) -> None:
    assert plain(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_any_text(text: str) -> None:
    told = plain(text)
    assert plain(told) == told
    told.encode("utf-8")
    kept = {letter for letter in told if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    assert not kept
    assert all(letter in told for letter in text if letter.isprintable())


def test_a_result_passes_as_a_whole() -> None:
    result = {"a\x1b": [("x\n", {"k\x9b": "v\u202e"})], "n": None, "b": True, "i": 3}
    assert gated(result) == {"a\\x1b": [["x\\x0a", {"k\\x9b": "v\\u202e"}]], "n": None, "b": True, "i": 3}
    assert gated(gated(result)) == gated(result)


def test_a_diff_keeps_the_lines_of_what_shows_it() -> None:
    result = gated({"diff": [{"before_header": "a\x1b", "before": "x\ny\x1b\n", "after": ""}]})
    assert result["diff"] == [{"before_header": "a\\x1b", "before": "x\ny\\x1b\n", "after": ""}]


def test_bounds_say_what_they_left_out() -> None:
    result = gated({"part": {"list": list(map(str, range(5000)))}, "text": "x" * 9000})
    assert len(result["part"]["list"]) == MOST_ITEMS
    assert result["left_out"] == [f"part.list: {5000 - MOST_ITEMS} more"]
    assert result["text"].endswith("x... (9000 characters)")
    assert len(message(ValueError("x" * 10**6))) < 6000
    assert few([str(number) for number in range(12)], left_out=3).endswith("9 and 5 more")
    assert gated(result) == result


def test_a_list_that_is_bounded_elsewhere_stays_whole() -> None:
    long = list(map(str, range(500)))
    result = gated({"events": [{"strings": long, "data": long}] * 200, "left_out": ["events: 9 more"]}, ("events",))
    assert len(result["events"]) == 200
    assert [len(result["events"][0][name]) for name in ("strings", "data")] == [MOST_ITEMS] * 2
    assert result["left_out"][0] == "events: 9 more"
    assert len(gated({"events": long, "other": long}, ("events.strings",))["events"]) == MOST_ITEMS


# Bounds of what is told


def files_with(mspclnt: bytes) -> dict[str, bytes]:
    files = {f"{letter}/{path}": data for letter, each in EXPOSED.drives.items() for path, data in each.items()}
    return {**files, "C/mspclnt/MSPCLNT.INI": mspclnt}


def look(folder: Path, mspclnt: bytes, what: Sample = EXPOSED) -> dict[str, Any]:
    """Look at the exposed sample server with another Mspclnt.ini."""
    furnish(folder, what)
    build(folder, files_with(mspclnt))
    return gated(ask(folder, what))


def test_sixty_thousand_keys(tmp_path: Path) -> None:
    result = look(tmp_path, MSPCLNT + b"[EMSMTA]\r\n" + SIXTY_THOUSAND + b"Disable=0\r\n")
    (stanza,) = result["evidence"]["stanzas"]
    assert stanza["entries"][-1] == {"key": "Disable", "value": "0", "line": stanza["entries"][-1]["line"]}
    assert (len(stanza["entries"]), stanza["left_out"]) == (50, 59_951)
    assert len(json.dumps(result)) < 100_000
    assert max(len(risk["message"]) for risk in result["risks"]) < 700
    told = decide(result, present=True, override_proxied=False)
    assert (told["outcome"], told["to_edit"]) == ("refused", [])
    assert len(told["message"]) < 700
    assert "Key00009 and 59990 more" in told["message"]


def test_repeated_keys_do_not_hide_another_one(tmp_path: Path) -> None:
    result = look(tmp_path, MSPCLNT + b"[EMSMTA]\r\n" + b"Disable=0\r\n" * 5000 + b"ServerBindTcpPorts=102\r\n")
    told = decide(result, present=True, override_proxied=False)
    assert told["outcome"] == "refused"
    assert "also holds ServerBindTcpPorts, so" in told["message"]


@pytest.mark.parametrize(
    "mspclnt",
    [
        b"[Servers Ip Addresses]\r\n" + SIXTY_THOUSAND,
        b"[Master Config]\r\nPath1=\\\\" + b"x" * 60_000 + b"\r\n[EMSMTA]\r\nDisable=" + b"\xff" * 60_000,
        b"[EMSMTA]\r\n" + b"k" * 500_000 + b"=" + b"\x1b" * 500_000 + b"\r\n",
        b"".join(b"%d=%s\r\n" % (number, b"\xff" * 200) for number in range(50)).join([b"[EMSMTA]\r\n", b""]),
    ],
    ids=["servers", "values", "one key", "wide keys"],
)
def test_a_result_is_bounded(mspclnt: bytes, tmp_path: Path) -> None:
    result = look(tmp_path, mspclnt)
    assert len(json.dumps(result)) < 100_000
    assert all(len(item["message"]) < 3000 for part in ("reasons", "risks", "advice") for item in result[part])


def edit(path: Path, **options: Any) -> dict[str, Any]:
    given = {name: option.get("default") for name, option in mspclnt_ini_spec().items()}
    request = edit_request_from({**given, "path": str(path), **options})
    return gated(apply(LocalEditor(), request, check=True, diff=True))


def test_the_diff_of_a_large_file_shows_what_changes(tmp_path: Path) -> None:
    path = write(tmp_path / "Mspclnt.ini", b"[A]\r\n" + SIXTY_THOUSAND + b"[EMSMTA]\r\n" + SIXTY_THOUSAND[:40_000])
    result = edit(path)
    (diff,) = result["diff"]
    assert len(json.dumps(result)) < 100_000
    assert diff["before"].startswith("... (")
    before, after = diff["before"].splitlines(), diff["after"].splitlines()
    assert [line for line in after if line not in before] == ["Disable=1"]
    assert len(after) < 20


def test_a_file_of_one_line_is_no_diff_without_end(tmp_path: Path) -> None:
    path = write(tmp_path / "Mspclnt.ini", b"[EMSMTA]\r\nDisable=" + b"\x1b" * 60_000)
    assert len(json.dumps(edit(path))) < 100_000


def test_a_doubtful_section_of_many_keys_is_refused_in_few_words(tmp_path: Path) -> None:
    path = write(tmp_path / "Mspclnt.ini", b"[EMSMTA]x" + b"y" * 9000 + b"]\r\n" + SIXTY_THOUSAND)
    with pytest.raises(ProfileError) as caught:
        edit(path)
    assert "and 59990 more" in str(caught.value)
    assert len(str(caught.value)) < 900


# Names that no result can tell


def test_a_folder_whose_name_does_not_pass_is_no_plan(tmp_path: Path) -> None:
    furnish(tmp_path, EXPOSED)
    os.rename(tmp_path / "C/mspclnt", tmp_path / "C/ms\x1b[31m")
    (tmp_path / "C/mspclnt").symlink_to("ms\x1b[31m")
    result = gated(ask(tmp_path, EXPOSED))
    assert (result["status"], result["plan"]) == ("unknown", [])
    assert any("not printable, so that no result can name it" in gap["reason"] for gap in result["not_read"])


# What it costs


def test_the_gate_costs_less_than_a_millisecond(tmp_path: Path) -> None:
    furnish(tmp_path, EXPOSED)
    result = ask(tmp_path, EXPOSED)
    times = []
    for _number in range(20):
        begin = time.process_time()
        gated(result)
        times.append(time.process_time() - begin)
    assert min(times) < 0.001


LOOKING = """
import resource, sys
from pathlib import Path
from tests.lab.servers import samples
from tests.unit.sample_drives import ask
sample = next(each for each in samples() if each.name == "ex01-exposed")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
result = ask(Path(sys.argv[1]), sample)
print(result["status"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_three_hives_of_the_longest_size_take_little_memory(tmp_path: Path) -> None:
    furnish(tmp_path, EXPOSED)
    trees = hive_trees({**(EXPOSED.registry or {}), "Cluster": {}})
    assert len(trees) == 3
    for path, tree in trees.items():
        file = write(tmp_path / "C/WINNT" / path, hive(tree))
        os.truncate(file, 64 * MEGABYTES)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", LOOKING, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    status, kilobytes = done.stdout.split()
    assert status == "exposed"
    assert int(kilobytes) < 20 * 1024

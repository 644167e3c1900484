# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's page and its argument specs document its result key by key: neither more nor less than the code has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.doubts import Reason
from ansible_collections.legacy_exchange.winsock_proxy.plugins.module_utils._verdict.risks import Risk
from ansible_collections.legacy_exchange.winsock_proxy.plugins.plugin_utils._bypass import (
    FAILED,
    NOT_VERIFIED,
    OK,
    REFUSED,
    decide,
)

from tests.unit.role_results import INI, concluded, edited, found

ROOT = Path(__file__).resolve().parents[2]
ROLE = ROOT / "roles" / "emsmta_bypass"
PAGE = (ROLE / "README.md").read_text(encoding="utf-8")
SPECS: dict[str, Any] = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
CODE = ROOT / "plugins" / "module_utils"
TYPES = {"str": str, "bool": bool, "list": list, "dict": dict}
# Codes that are put together from the name of a part.
PARTS = ("mta", "client")
# The role's own task says so, where there was no look to decide from.
NOT_LOOKED_AT = "not_looked_at"
# The key that a result has with this outcome alone.
NOT_LOOKED_AT_ONLY = "unreachable"
STATUSES = {"exposed", "protected", "not_applicable", "unknown"}


class Row(NamedTuple):
    """A row of the table: the type of a key, the names in its meaning, and the meaning as plain words."""

    type: str
    names: set[str]
    words: str


def names_in(text: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", text))


def rows() -> dict[str, Row]:
    section = PAGE.partition("\n## Result\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", section, re.MULTILINE)
    return {key: Row(kind, names_in(meaning), meaning.replace("`", "")) for key, kind, meaning in found}


def in_the_specs() -> dict[str, tuple[str, str]]:
    """Give the type and the meaning of each key that the argument specs describe, in plain words."""
    found = [
        re.fullmatch(r"C\((\w+)\) \((\w+)\) - (.*)\.", text) for text in SPECS["argument_specs"]["main"]["description"]
    ]
    return {each[1]: (each[2], re.sub(r"[CVM]\((?:\w+\.\w+\.)?(.*?)\)", r"\1", each[3])) for each in found if each}


def codes_in_the_page(begin: str, end: str) -> set[str]:
    return names_in(PAGE.partition(begin)[2].partition(end)[0])


def codes_in_the_code(kind: str) -> Iterator[str]:
    """Give the first argument of each call that makes one."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == kind:
                yield from _texts(node.args[0])


def _texts(code: ast.expr) -> list[str]:
    if isinstance(code, ast.JoinedStr):
        (rest,) = (str(part.value) for part in code.values if isinstance(part, ast.Constant))
        return [f"{part}{rest}" for part in PARTS]
    assert isinstance(code, ast.Constant), ast.unparse(code)
    return [str(code.value)]


RESULTS = {
    "changed": concluded(found("exposed"), True, edited(INI), found("protected", disable="1")),
    "nothing to change": decide(found("protected", disable="1"), True, False),
    "refused": decide(found("exposed", "Persistent"), True, False),
    "unknown": decide(found("unknown"), False, False),
    "failed": concluded(found("exposed"), True, [{"failed": True, "msg": "in use"}]),
    "not verified": concluded(found("exposed"), True, edited(INI), found("exposed")),
}


@pytest.mark.parametrize("result", [pytest.param(result, id=name) for name, result in RESULTS.items()])
def test_a_result_has_the_keys_of_the_table_and_their_types(result: dict[str, Any]) -> None:
    table = rows()
    assert set(result) == set(table)
    told = {key: value for key, value in result.items() if value is not None or "null" not in table[key].words}
    wrong = {key for key, value in told.items() if not isinstance(value, TYPES[table[key].type])}
    assert not wrong


def test_the_argument_specs_describe_each_key_in_the_words_of_the_page() -> None:
    described = in_the_specs()
    assert described.pop(NOT_LOOKED_AT_ONLY)[0] == "bool"
    assert described == {key: (row.type, row.words) for key, row in rows().items()}


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("outcome", {OK, REFUSED, FAILED, NOT_VERIFIED, NOT_LOOKED_AT}),
        ("status_before", STATUSES),
        ("certainty", {"documented", "inferred"}),
        ("changes", set(RESULTS["changed"]["changes"][0])),
        ("reasons", set(Reason._fields)),
        ("risks", set(Risk._fields) - set(Reason._fields)),
        ("in_force", {"yes", "no", "unknown"}),
    ],
)
def test_a_row_names_what_its_key_can_hold(key: str, names: set[str]) -> None:
    assert rows()[key].names == names


@pytest.mark.parametrize(
    ("page", "how"),
    [("README.md", "winsock_proxy.remediate"), ("roles/emsmta_bypass/README.md", "emsmta_bypass_drives")],
)
def test_the_guides_say_which_server_to_leave_out_before_they_say_how_to_fix(page: str, how: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    warning = text.index("**It stops mail that flows through the proxy on purpose.**")
    assert warning < text.index(how)
    assert all(word in text for word in ("KB Q263046", "proxied_by_default", "--limit", "exchange:!through_the_proxy"))


def test_the_codes_of_risks_are_those_of_the_code() -> None:
    assert codes_in_the_page("Each risk has a `code`: ", "Each reason has one: ") == set(codes_in_the_code("Risk"))


def test_the_codes_of_reasons_are_those_of_the_code() -> None:
    assert codes_in_the_page("Each reason has one: ", "Codes and keys stay") == set(codes_in_the_code("Reason"))

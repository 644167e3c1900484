# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs before a commit and on the forge is what make runs; the check of .editorconfig sees what is wrong."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.editors import disagreements, faults
from tests.ci.run import chosen, lint_steps

ROOT = Path(__file__).resolve().parents[2]
SPACES = {"charset": "utf-8", "indent_style": "space"}
TABS = {"charset": "utf-8", "indent_style": "tab"}
ANY = {"charset": "unset", "indent_style": "unset"}


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_forge_runs_the_targets_that_a_release_needs() -> None:
    job = read(".github/workflows/ci.yml")["jobs"]["make"]
    (targets,) = re.findall(r"^for target in (.+); do$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert job["strategy"]["matrix"]["target"] == targets.split()
    (test,) = [step for step in job["steps"] if step["name"] == "Test"]
    assert test["run"] == 'make "$TARGET"'
    assert test["env"] == {"TARGET": "${{ matrix.target }}"}


def test_before_a_commit_run_linters_that_make_has() -> None:
    (hook,) = read(".pre-commit-config.yaml")["repos"][0]["hooks"]
    make, target, steps = shlex.split(hook["entry"])
    assert (make, target) == ("make", "test")
    names = steps.removeprefix("STEP=").split()
    assert [step.name for step in chosen(lint_steps(), names)] == names


@pytest.mark.parametrize(
    ("data", "settings", "found"),
    [
        (b"a\n  b\n", SPACES, []),
        (b"a\n\tb\n", TABS, []),
        (b"", SPACES, []),
        (b"\xe9 \r\n\tx", ANY, []),
        (b"\xe9\n", SPACES, ["is not UTF-8"]),
        (b"a\r\n", SPACES, ["has a carriage return"]),
        (b"a", SPACES, ["does not end with one line end"]),
        (b"a\n\n", SPACES, ["does not end with one line end"]),
        (b"a\nb \n", SPACES, ["ends line 2 with a blank"]),
        (b"a\n\tb\n", SPACES, ["begins line 2 with the other indent"]),
        (b"a\n  b\n", TABS, ["begins line 2 with the other indent"]),
    ],
)
def test_a_file_against_its_settings_is_seen(data: bytes, settings: dict[str, str], found: list[str]) -> None:
    assert list(faults(data, settings)) == found


def test_a_limit_that_a_linter_does_not_have_is_seen() -> None:
    assert list(disagreements({"any.py": {"max_line_length": "120"}, "any.yml": {"max_line_length": "99"}})) == [
        ".editorconfig: lines of *.yml have 99 characters, in .yamllint 120"
    ]

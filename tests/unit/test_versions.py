# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions agree: what says since when it is there names a release, or the one that is being made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ADDED = re.compile(r"^\s*version_added: (.+)$", re.MULTILINE)
# Each of these is documented as a whole, and so says when it came.
DOCUMENTED = [*ROOT.glob("plugins/modules/*.py"), *ROOT.glob("plugins/connection/*.py")]
SPECS = ROOT / "roles" / "emsmta_bypass" / "meta" / "argument_specs.yml"


def loaded(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def number(version: str) -> tuple[int, ...]:
    """Give a version as numbers that can be compared; fail where it is none."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", version), version
    return tuple(map(int, version.split(".")))


def released() -> set[str]:
    return set(loaded("changelogs/changelog.yaml")["releases"])


def added() -> Iterator[tuple[str, str]]:
    """Give each version_added of plugins and roles, with its file."""
    for path in [*ROOT.glob("plugins/**/*.py"), *ROOT.glob("roles/**/*.yml")]:
        yield from ((path.name, version) for version in ADDED.findall(path.read_text(encoding="utf-8")))


def wrong(version: str, current: str, releases: set[str]) -> bool:
    """Tell whether a version was never released and is not the one that is being made, or is above that."""
    return version not in {*releases, current} or number(version) > number(current)


def test_what_was_added_was_added_by_a_release_or_comes_with_the_next() -> None:
    current, releases = loaded("galaxy.yml")["version"], released()
    assert [each for each in added() if wrong(each[1], current, releases)] == []


@pytest.mark.parametrize("version", ["1.1.0", "0.9.0", "1.0.1"])
def test_another_version_is_seen(version: str) -> None:
    assert wrong(version, "1.0.0", {"1.0.0"})
    assert wrong(version, "1.0.0", {version}) == (version > "1.0.0")
    assert not wrong(version, version, {"1.0.0"})


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: path.name)
def test_a_module_or_a_connection_says_since_when_it_is_there(path: Path) -> None:
    assert re.search(r"^version_added: ", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_an_entry_point_of_the_role_says_since_when_it_is_there() -> None:
    specs = yaml.safe_load(SPECS.read_text(encoding="utf-8"))["argument_specs"]
    assert len(specs) >= 2
    assert all("version_added" in entry for entry in specs.values())


def test_no_release_is_above_the_version_of_galaxy() -> None:
    assert max(map(number, released())) <= number(loaded("galaxy.yml")["version"])


def test_the_changelog_has_no_markup_of_module_documentation() -> None:
    # There it stays as it is: the changelog is reStructuredText, with ``code``.
    text = (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert f"\nv{max(released(), key=number)}\n" in text
    assert re.findall(r"\b(?:[BCEILMOPRUV]|RV|HORIZONTALLINE)\([^)]*\)", text) == []

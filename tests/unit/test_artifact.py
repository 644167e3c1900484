# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of the artifact sees what is too many, what is missing, and links that lead out of it."""

from __future__ import annotations

import pytest

from tests.ci.artifact import dead_ends, misfits

PROJECT = {
    *("README.md", "LICENSE", "LICENSES/GPL-3.0-or-later.txt", "plugins/modules/emsmta_info.py", "docs/guide/fix.md"),
    *("examples/molecule/default/molecule.yml", "examples/demo/run.py", "tests/ci/run.py", ".github/workflows/ci.yml"),
}
CLONE = {"examples/demo/run.py", "tests/ci/run.py", ".github/workflows/ci.yml"}
WHOLE = (PROJECT - CLONE) | {"MANIFEST.json", "FILES.json"}


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (WHOLE, []),
        (WHOLE | CLONE, [f"{name} is for no consumer" for name in sorted(CLONE)]),
        (WHOLE | {"docs/notes.md"}, ["docs/notes.md is for no consumer"]),
        (WHOLE - {"LICENSES/GPL-3.0-or-later.txt"}, ["LICENSES/GPL-3.0-or-later.txt is missing"]),
        (
            WHOLE - {"examples/molecule/default/molecule.yml"},
            ["examples/molecule/default/molecule.yml is missing"],
        ),
    ],
    ids=["right", "of a clone", "unknown to git", "no licence", "no scenario"],
)
def test_an_artifact_has_what_consumers_need_and_nothing_else(names: set[str], found: list[str]) -> None:
    assert list(misfits(names, PROJECT)) == found


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("../security.md#a-heading", False),
        ("fix.md", False),
        ("../../examples/molecule", False),
        ("https://example.org/docs", False),
        ("../architecture.md", True),
        ("../../CONTRIBUTING.md", True),
        ("../../../README.md", True),
    ],
)
def test_a_link_out_of_the_artifact_is_seen(link: str, dead: bool) -> None:
    names = {"README.md", "docs/security.md", "docs/guide/fix.md", "examples/molecule/default/molecule.yml"}
    found = list(dead_ends({"docs/guide/fix.md": f"See [this]({link})."}, names))
    assert found == ([f"docs/guide/fix.md has a link to {link}, which is missing"] if dead else [])

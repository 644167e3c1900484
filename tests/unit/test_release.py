# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release` refuses what is not ready, and lets nothing out that was not tested."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ci.release import OF_MAKE, ROOT, refusals, release, version_of

# A project with tests of its own, which end at once.
MAKEFILE = """\
test:
\t@[ "$(STEP)" = artifact ] && mkdir -p .build/artifact && printf built > .build/artifact/a-1.1.0.tar.gz
"""
FILES = {
    "galaxy.yml": "name: a\nversion: 1.1.0\n",
    "changelogs/changelog.yaml": "---\nreleases:\n  1.0.0:\n    changes: {}\n  1.1.0:\n    changes: {}\n",
    "CHANGELOG.rst": "Notes\n\nv1.1.0\n======\n\nv1.0.0\n======\n",
    "Makefile": MAKEFILE,
    ".ci/run": '#!/bin/sh\necho ran >> .build/ran\n[ -z "$STEP$MAKEFLAGS" ]\n',
    ".gitignore": ".build\n",
}
RELEASED = (
    "import pathlib, sys; from tests.ci import release; sys.exit(release.released(pathlib.Path(sys.argv[1]), None))"
)
AUTHOR = (
    "-c",
    "user.name=a",
    "-c",
    "user.email=a@example.com",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "tag.gpgsign=false",
)


class Tree:
    """A tree of a project under git."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet")
        (root / ".build").mkdir()
        for name, text in FILES.items():
            self.write(name, text)
        (root / ".ci" / "run").chmod(0o755)
        self.commit()
        self.git("tag", "1.0.0")
        self.commit()

    def git(self, *arguments: str) -> str:
        command = ["git", *AUTHOR, *arguments]
        return subprocess.run(command, cwd=self.root, check=True, capture_output=True, text=True).stdout.strip()

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "a")

    @property
    def refusals(self) -> list[str]:
        return list(refusals(self.root))

    @property
    def ran(self) -> bool:
        return (self.root / ".build" / "ran").exists()

    @property
    def released(self) -> bool:
        return (self.root / ".build" / "release").exists()


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    # A hook of git that runs the tests names its own tree.
    for name in [each for each in os.environ if each.startswith("GIT_")]:
        monkeypatch.delenv(name)
    return Tree(tmp_path)


def test_a_tree_that_is_ready_is_not_refused(tree: Tree) -> None:
    assert tree.refusals == []


def version(text: str) -> Callable[[Tree], None]:
    return lambda tree: tree.write("galaxy.yml", f"name: a\nversion: {text}\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tree: tree.write("changelogs/fragments/a.yml", "---\n"), "changelogs/fragments holds a.yml"),
        (
            version("1.2.0"),
            "the version 1.2.0, the newest release in changelogs/changelog.yaml is 1.1.0",
        ),
        (lambda tree: tree.write("changelogs/changelog.yaml", "---\nreleases: {}\n"), "changelog.yaml is none"),
        (lambda tree: tree.write("CHANGELOG.rst", "v1.0.0\n"), "CHANGELOG.rst has no section v1.1.0"),
        (lambda tree: tree.git("tag", "1.1.0"), "1.1.0 is tagged already"),
        (lambda tree: tree.git("tag", "1.10.0"), "but 1.10.0 is tagged"),
    ],
    ids=["fragments", "version", "no release", "changelog", "tagged", "tag above"],
)
def test_what_is_not_ready_is_refused(tree: Tree, change: Callable[[Tree], None], words: str) -> None:
    change(tree)
    tree.commit()
    (told,) = tree.refusals
    assert words in told
    with pytest.raises(SystemExit, match="Not ready to be released"):
        release(tree.root, None)
    assert not tree.ran


@pytest.mark.parametrize("name", ["galaxy.yml", "new"])
def test_a_tree_that_is_not_clean_is_refused(tree: Tree, name: str) -> None:
    with (tree.root / name).open("a") as file:
        file.write("# more\n")
    (told,) = tree.refusals
    assert told.startswith("The tree is not clean")
    assert name in told


@pytest.mark.parametrize("text", ["1.1", "1.1.0-dev", "latest"])
def test_a_version_is_three_numbers(tree: Tree, text: str) -> None:
    version(text)(tree)
    with pytest.raises(SystemExit, match=f"galaxy.yml has the version {text}; write"):
        version_of(tree.root)


def test_a_tag_above_on_another_branch_is_none_of_its_business(tree: Tree) -> None:
    tree.git("checkout", "--quiet", "-b", "next")
    tree.commit()
    tree.git("tag", "2.0.0")
    assert len(tree.refusals) == 1
    tree.git("checkout", "--quiet", "-")
    assert tree.refusals == []


def test_all_tests_run_and_the_artifact_is_kept(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in OF_MAKE:
        monkeypatch.setenv(name, "unit")
    told = release(tree.root, None)
    assert tree.ran
    assert (tree.root / ".build" / "release" / "a-1.1.0.tar.gz").read_bytes() == b"built"
    assert hashlib.sha256(b"built").hexdigest() in told
    assert f"git tag --annotate 1.1.0 --message 'Version 1.1.0' {tree.git('rev-parse', 'HEAD')}" in told
    assert "ansible-galaxy collection publish .build/release/a-1.1.0.tar.gz" in told
    # What it says can be done, and then it is done.
    tree.git(
        *next(line.split("git ")[1].replace("'", "") for line in told.splitlines() if "git tag" in line).split(" ")[:4],
        "x",
    )
    assert tree.refusals == ["1.1.0 is tagged already; set the next version in galaxy.yml"]


def test_a_commit_that_was_tested_is_not_tested_again_and_no_other_is_taken_for_it(tree: Tree) -> None:
    tree.git("tag", "first", "HEAD~1")
    with pytest.raises(SystemExit, match="TESTED names first, and the tree is at"):
        release(tree.root, "first")
    with pytest.raises(SystemExit, match="Error while running git rev-parse"):
        release(tree.root, "nothing")
    assert not tree.released
    assert "Version 1.1.0 is ready" in release(tree.root, "HEAD")
    assert not tree.ran


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("exit 1", "Not released: .ci/run failed"),
        ("echo more >> galaxy.yml", "The tree is not clean"),
        ("git -c user.name=a -c user.email=a@b commit --allow-empty -qm a", "and is not any more"),
    ],
    ids=["failed", "edited", "committed"],
)
def test_nothing_is_released_after_tests_that_failed_or_that_ran_on_another_tree(
    tree: Tree, script: str, words: str
) -> None:
    tree.write(".ci/run", f"#!/bin/sh\n{script}\n")
    tree.commit()
    with pytest.raises(SystemExit, match=words):
        release(tree.root, None)
    assert not tree.released


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_tests_too(tree: Tree, number: signal.Signals) -> None:
    tree.write(".ci/run", "#!/bin/sh\nsleep 300 &\necho $! > .build/pid\nwait\n")
    tree.commit()
    pid = tree.root / ".build" / "pid"
    process = subprocess.Popen([sys.executable, "-c", RELEASED, str(tree.root)], cwd=ROOT, start_new_session=True)
    for _attempt in range(600):
        if pid.exists() and pid.read_text():
            break
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(30) == 128 + number
    assert not Path(f"/proc/{int(pid.read_text())}").exists()
    assert not tree.released


def test_make_hands_the_commit_down() -> None:
    told = subprocess.run(["make", "-n", "release", "TESTED=abc"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "tests.ci.release --tested abc" in told.stdout

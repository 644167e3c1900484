# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release`: refuse what is not ready, run all tests, build the artifact, say how to tag and publish it."""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.ci.children import Stop, run_in_child
from tests.ci.venvs import ROOT

VERSION = re.compile(r"\d+\.\d+\.\d+")
IN_GALAXY = re.compile(r"^version: *(\S+)$", re.MULTILINE)
IN_CHANGELOG = re.compile(r"^  (\d+\.\d+\.\d+):$", re.MULTILINE)
# What make hands down: STEP would leave steps out.
OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "STEP", "TESTED")
READY = """
Version {version} is ready: {path}
sha256: {digest}

Tag the commit that was tested, and push the tag:
  git tag --annotate {version} --message 'Version {version}' {commit}
  git push origin {version}
Publish the archive, with the line `token: ...` of the namespace's owner in ~/.ansible/galaxy_token:
  ansible-galaxy collection publish {path}
A version that was published cannot be replaced. Set the next one in galaxy.yml with the first change that comes.
"""


def git(root: Path, *arguments: str) -> str:
    """Run git in a tree; give what it printed, or end with what it said."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"Error while running git {' '.join(arguments)} in {root}: {done.stderr.strip()}")
    return done.stdout.strip()


def version_of(root: Path) -> str:
    """Give the version that galaxy.yml names, or end where it is none."""
    found = IN_GALAXY.search((root / "galaxy.yml").read_text(encoding="utf-8"))
    if found is None or not VERSION.fullmatch(found[1]):
        sys.exit(f"galaxy.yml has the version {found and found[1]}; write one of three numbers, such as 1.2.0")
    return found[1]


def number(version: str) -> tuple[int, ...]:
    """Give a version as numbers that can be compared."""
    return tuple(map(int, version.split(".")))


def refusals(root: Path) -> Iterator[str]:
    """Give all that keeps a tree from being released, and what to do about it."""
    version = version_of(root)
    changed = git(root, "status", "--porcelain", "--untracked-files=all")
    if changed:
        yield f"The tree is not clean; commit or remove:\n{changed}"
    yield from _of_the_changelog(root, version)
    # Only those behind this commit: a branch of an older version has others beside it.
    tags = [tag for tag in git(root, "tag", "--merged", "HEAD").split() if VERSION.fullmatch(tag)]
    if git(root, "tag", "--list", version):
        yield f"{version} is tagged already; set the next version in galaxy.yml"
    above = [tag for tag in tags if number(tag) > number(version)]
    if above:
        yield f"galaxy.yml has the version {version}, but {max(above, key=number)} is tagged; set one above it"


def _of_the_changelog(root: Path, version: str) -> Iterator[str]:
    left = sorted(path.name for path in (root / "changelogs" / "fragments").glob("*"))
    if left:
        yield f"changelogs/fragments holds {' '.join(left)}; run antsibull-changelog release, as CONTRIBUTING.md says"
    releases = IN_CHANGELOG.findall((root / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    newest = max(releases, key=number, default="none")
    if newest != version:
        yield (
            f"galaxy.yml has the version {version}, the newest release in changelogs/changelog.yaml is {newest}; "
            "run antsibull-changelog release"
        )
    elif f"\nv{version}\n" not in (root / "CHANGELOG.rst").read_text(encoding="utf-8"):
        yield f"CHANGELOG.rst has no section v{version}; run antsibull-changelog generate"


def end_if_not_ready(root: Path) -> None:
    """End with all that keeps a tree from being released."""
    found = list(refusals(root))
    if found:
        sys.exit("\n".join(["Not ready to be released:", *found]))


def run(root: Path, *command: str) -> None:
    """Run a command of the tests, as from a new shell; end when it fails."""
    own = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    if subprocess.run(command, cwd=root, env=own, check=False).returncode:
        sys.exit(f"Not released: {' '.join(command)} failed")


def release(root: Path, tested: str | None) -> str:
    """Check a tree, test it, build its artifact; give what to do next.

    tested names the commit for which all tests passed already; without it they are run here, for about an hour.
    """
    end_if_not_ready(root)
    commit = git(root, "rev-parse", "HEAD")
    if tested is None:
        run(root, ".ci/run")
    elif git(root, "rev-parse", "--verify", f"{tested}^{{commit}}") != commit:
        sys.exit(f"TESTED names {tested}, and the tree is at {commit}; run .ci/run here, or leave TESTED out")
    # It builds, looks into the artifact, and installs it into an empty path to use it from there.
    run(root, "make", "test", "STEP=artifact")
    # The tests take their time, and somebody may have gone on meanwhile.
    end_if_not_ready(root)
    if git(root, "rev-parse", "HEAD") != commit:
        sys.exit(f"Not released: the tree was at {commit} when the tests began, and is not any more")
    (built,) = (root / ".build" / "artifact").glob("*.tar.gz")
    kept = root / ".build" / "release" / built.name
    kept.parent.mkdir(exist_ok=True)
    shutil.copyfile(built, kept)
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    return READY.format(version=version_of(root), path=kept.relative_to(root), digest=digest, commit=commit)


def released(root: Path, tested: str | None) -> int:
    """Release, and print what to do next; give the exit code. A signal ends all that was started."""
    return run_in_child(lambda: print(release(root, tested)), Stop())


def main() -> int:
    """Do what make asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.ci.release", description=__doc__)
    parser.add_argument("--tested", metavar="COMMIT", help="for this commit all tests passed already")
    return released(ROOT, parser.parse_args().tested)


if __name__ == "__main__":
    sys.exit(main())

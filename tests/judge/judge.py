# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: what Windows' profile functions read in a file, as Wine has them.

One Windows program answers for a whole run; ``Judge.dump`` hands it many files at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build" / "judge"
PREFIX = BUILD / "wine"
SOURCE = Path(__file__).with_name("judge.c")
COMPILER = "x86_64-w64-mingw32-gcc"
PLACES = f"/usr/lib/wine{os.pathsep}{os.environ.get('PATH', os.defpath)}"
ENVIRONMENT = os.environ | {
    "WINEPREFIX": str(PREFIX),
    # Wine's server listens there: runs at once, each with temporary files of its own, must find the same one.
    "TMPDIR": str(BUILD),
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree,mshtml=",
    "DISPLAY": "",
    "LC_ALL": "C",
}
MISSING = 0xFFFFFFFF
NOTHING = b"\n"
# GetPrivateProfileInt gives this when there is nothing to read.
DEFAULT_NUMBER = 4_000_000_000
# Wine reads a file again for each question while the file is younger than two seconds.
LONG_AGO = (10**9, 10**9)


class JudgeError(Exception):
    """The judge cannot be built or does not answer."""


class Key(NamedTuple):
    """A key and what GetPrivateProfileString (None for nothing) and GetPrivateProfileInt give for it."""

    name: bytes
    value: bytes | None
    number: int


class Section(NamedTuple):
    """A section name and its keys, in the order of the file, each spelling once."""

    name: bytes
    keys: tuple[Key, ...]


class Answer(NamedTuple):
    """All that Windows' functions give for a file."""

    sections: tuple[Section, ...]

    def key(self, section: bytes, key: bytes) -> Key | None:
        """Give the key of this name in the section of this name, both in any case."""
        found = next((one for one in self.sections if fold(one.name) == fold(section)), None)
        return next((one for one in found.keys if fold(one.name) == fold(key)), None) if found else None


def fold(name: bytes) -> str:
    """Give a form in which names that are equal to Windows are equal."""
    return name.decode("cp1252", "surrogateescape").lower()


class Judge:
    """The running program; use it in a ``with`` statement."""

    def __enter__(self) -> Judge:
        program = prepare()
        self._in_use = _locked(BUILD / "use.lock", fcntl.LOCK_SH)
        self._folder = Path(tempfile.mkdtemp(prefix="files-", dir=BUILD))
        self._process = subprocess.Popen(
            [_wine(), str(program)],
            cwd=self._folder,
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._end_program()
            shutil.rmtree(self._folder, ignore_errors=True)
        finally:
            _end_wine_if_unused(self._in_use)
            self._in_use.close()

    def dump(self, files: Sequence[bytes]) -> list[Answer]:
        """Give what Windows' functions read in each of these files."""
        writer = threading.Thread(target=self._ask, args=(files,))
        watch = threading.Timer(60 + len(files) / 20, self._process.kill)
        watch.start()
        writer.start()
        try:
            return [self._answer() for _file in files]
        finally:
            writer.join()
            watch.cancel()

    def _ask(self, files: Sequence[bytes]) -> None:
        assert self._process.stdin is not None
        for number, data in enumerate(files):
            path = self._folder / f"{number}.ini"
            path.write_bytes(data)
            os.utime(path, LONG_AGO)
            try:
                self._process.stdin.write(f".\\{path.name}\n".encode("ascii"))
                self._process.stdin.flush()
            except BrokenPipeError:  # _answer says what happened
                return

    def _answer(self) -> Answer:
        (size,) = struct.unpack("<I", self._bytes(4))
        if size == MISSING:
            raise JudgeError("the judge does not see a file that was written for it")
        return _decoded(self._bytes(size))

    def _bytes(self, size: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(size)
        if len(data) < size:
            raise JudgeError(f"the judge stopped answering, exit code {self._process.wait()}")
        return data

    def _end_program(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def prepare() -> Path:
    """Build the program and make Wine's folder, once; the first time takes some 20 seconds."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with _locked(BUILD / "build.lock", fcntl.LOCK_EX):
        program = _program()
        _make_prefix()
    return program


def _program() -> Path:
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:8]
    program = BUILD / f"judge-{digest}.exe"
    if not program.exists():
        partial = program.with_suffix(".new")
        _run([_tool(COMPILER, "gcc-mingw-w64-x86-64"), "-O2", "-Wall", "-o", str(partial), str(SOURCE)])
        partial.rename(program)
    return program


def _make_prefix() -> None:
    done = PREFIX / "made-by-the-judge"
    if done.exists():
        return
    print("making a folder for Wine, some 20 seconds", file=sys.stderr)
    shutil.rmtree(PREFIX, ignore_errors=True)
    _run([_wine(), "wineboot", "--init"])
    _run([_server(), "--wait"])
    done.touch()


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        raise JudgeError(f"{' '.join(command)} ended with code {done.returncode}: {said.strip()}")


def _wine() -> str:
    return _tool("wine64", "wine64")


def _server() -> str:
    return shutil.which("wineserver64", path=PLACES) or _tool("wineserver", "wine64")


def _tool(name: str, package: str) -> str:
    found = shutil.which(name, path=PLACES)
    if found is None:
        raise JudgeError(
            f"there is no {name}: install the Debian package {package} "
            "(the judge needs wine64 and gcc-mingw-w64-x86-64)"
        )
    return found


def _locked(path: Path, kind: int) -> BinaryIO:
    lock = path.open("ab")
    fcntl.flock(lock, kind)
    return lock


def _end_wine_if_unused(lock: BinaryIO) -> None:
    """End the Wine server of our folder, and it alone, unless another run still uses it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    subprocess.run([_server(), "--kill"], env=ENVIRONMENT, capture_output=True, check=False)


def _decoded(data: bytes) -> Answer:
    sections: list[Section] = []
    keys: list[Key] = []
    at = 0
    while at < len(data):
        tag = data[at : at + 1]
        name, at = _text(data, at + 1)
        if tag == b"S":
            keys = []
            sections.append(Section(name, ()))
            continue
        value, at = _text(data, at)
        keys.append(Key(name, None if value == NOTHING else value, struct.unpack_from("<I", data, at)[0]))
        at += 4
        sections[-1] = Section(sections[-1].name, tuple(keys))
    return Answer(tuple(sections))


def _text(data: bytes, at: int) -> tuple[bytes, int]:
    start = at + 4
    end = start + int.from_bytes(data[at:start], "little")
    return data[start:end], end

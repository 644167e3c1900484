# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a function in a child process and meddle with its system calls on files.

The child is a fork, so Python is up and the modules are loaded: only what the function
itself does is traced. One run costs some milliseconds. Linux on x86-64 only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.faults.children import Child, Outcome

TRACE_ME, CONTINUE, GET_REGISTERS, SET_REGISTERS, DETACH, NEXT_CALL, SET_OPTIONS = 0, 7, 12, 13, 17, 24, 0x4200
KILL_WITH_TRACER, MARK_CALLS = 0x100000, 1
MARK = 124  # getsid: the child makes it before and behind the function

# fmt: off
CALLS = {
    0: "read", 1: "write", 2: "open", 3: "close", 4: "stat", 5: "fstat", 6: "lstat", 8: "lseek", 16: "ioctl",
    17: "pread64", 18: "pwrite64", 21: "access", 72: "fcntl", 73: "flock", 74: "fsync", 75: "fdatasync",
    76: "truncate", 77: "ftruncate", 78: "getdents", 82: "rename", 83: "mkdir", 84: "rmdir", 85: "creat",
    86: "link", 87: "unlink", 88: "symlink", 89: "readlink", 90: "chmod", 91: "fchmod", 92: "chown", 93: "fchown",
    137: "statfs", 138: "fstatfs", 188: "setxattr", 190: "fsetxattr", 191: "getxattr", 193: "fgetxattr",
    194: "listxattr", 196: "flistxattr", 217: "getdents64", 257: "openat", 260: "fchownat", 262: "newfstatat",
    263: "unlinkat", 264: "rename", 265: "linkat", 267: "readlinkat", 268: "fchmodat", 269: "faccessat",
    316: "renameat2", 332: "statx", 439: "faccessat2",
}
# fmt: on


class Registers(ctypes.Structure):
    """struct user_regs_struct of x86-64."""

    # fmt: off
    _fields_ = [
        (name, ctypes.c_ulong)
        for name in (
            "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi", "rdi",
            "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
        )
    ]
    # fmt: on


class Call(NamedTuple):
    """A system call on files that the child is about to make: its place in the run, name and arguments."""

    number: int
    name: str
    arguments: tuple[int, int, int, int]


class Kill(NamedTuple):
    """Kill the child before the call is made."""


class Refuse(NamedTuple):
    """Do not make the call; it returns this error."""

    error: int


class Cut(NamedTuple):
    """Let a write handle this many bytes only; then kill the child, or let it go on."""

    length: int
    kill: bool


class Interrupt(NamedTuple):
    """Send SIGINT, as Ctrl-C does."""


Meddling = Interrupt | Kill | Refuse | Cut | None
Meddler = Callable[[Call], Meddling]


def let_go(_call: Call) -> Meddling:
    """Do not meddle."""
    return None


def at(number: int, meddling: Meddling) -> Meddler:
    """Meddle with the call of this number only."""
    return lambda call: meddling if call.number == number else None


def doing(number: int, action: Callable[[], object]) -> Meddler:
    """Do something before the call of this number is made."""

    def meddle(call: Call) -> Meddling:
        if call.number == number:
            action()
        return None

    return meddle


def run(function: Callable[[], Any], meddle: Meddler = let_go) -> Outcome:
    """Run a function in a traced child; its result must be fit for JSON."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise RuntimeError("the tracer of these tests knows Linux on x86-64 only")
    child = Child(function, _let_me_be_traced)
    try:
        calls, killed = _Tracer(child.pid, meddle).follow()
    except BaseException:
        child.kill()
        raise
    finally:
        outcome = child.outcome()
    assert outcome.killed == killed
    return outcome._replace(calls=calls)


def _let_me_be_traced() -> None:
    _ptrace(TRACE_ME, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


class _Tracer:
    """Follows one child from mark to mark."""

    def __init__(self, child: int, meddle: Meddler) -> None:
        self._child = child
        self._meddle = meddle
        self._calls: list[str] = []
        self._done = False

    def follow(self) -> tuple[tuple[str, ...], bool]:
        """Give the calls that were made, and whether the child was killed on the way."""
        os.waitpid(self._child, 0)
        _ptrace(SET_OPTIONS, self._child, 0, KILL_WITH_TRACER | MARK_CALLS)
        self._to_the_mark()
        killed = self._meddle_until_the_mark()
        if not killed:
            _ptrace(DETACH, self._child, 0, 0)
        return tuple(self._calls), killed

    def _to_the_mark(self) -> None:
        while self._next_stop().orig_rax != MARK:
            self._next_stop()
        self._next_stop()

    def _meddle_until_the_mark(self) -> bool:
        while True:
            registers = self._next_stop()
            if registers.orig_rax == MARK:
                return False
            if self._meddle_with(registers):
                os.kill(self._child, signal.SIGKILL)
                return True

    def _meddle_with(self, registers: Registers) -> bool:
        """Handle one call, from its entry to its exit; True when the child is to be killed."""
        name = CALLS.get(registers.orig_rax)
        meddling = None
        if name is not None:
            arguments = (registers.rdi, registers.rsi, registers.rdx, registers.r10)
            meddling = self._meddle(Call(len(self._calls), name, arguments))
            self._calls.append(name)
        if isinstance(meddling, Kill):
            return True
        if isinstance(meddling, Interrupt):
            os.kill(self._child, signal.SIGINT)
        if isinstance(meddling, Refuse) and name == "close":
            # Linux closes the file whatever it then reports.
            self._report(self._next_stop(), meddling.error)
        elif isinstance(meddling, Refuse):
            self._refuse(registers, meddling.error)
        elif isinstance(meddling, Cut):
            registers.rdx = meddling.length
            self._set(registers)
            self._next_stop()
            return meddling.kill
        else:
            self._next_stop()
        return False

    def _refuse(self, registers: Registers, error: int) -> None:
        registers.orig_rax = ctypes.c_ulong(-1).value
        self._set(registers)
        self._report(self._next_stop(), error)

    def _report(self, registers: Registers, error: int) -> None:
        registers.rax = ctypes.c_ulong(-error).value
        self._set(registers)

    def _next_stop(self) -> Registers:
        """Let the child run to the next entry or exit of a system call."""
        deliver = 0
        while True:
            _ptrace(NEXT_CALL, self._child, 0, deliver)
            _pid, status = os.waitpid(self._child, 0)
            if not os.WIFSTOPPED(status):
                raise RuntimeError(f"the traced child ended early, with status {status}")
            if os.WSTOPSIG(status) == signal.SIGTRAP | 0x80:
                break
            deliver = os.WSTOPSIG(status)
        registers = Registers()
        _ptrace(GET_REGISTERS, self._child, 0, ctypes.addressof(registers))
        return registers

    def _set(self, registers: Registers) -> None:
        _ptrace(SET_REGISTERS, self._child, 0, ctypes.addressof(registers))


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_LIBC.ptrace.restype = ctypes.c_long


def _ptrace(request: int, child: int, address: int, data: int) -> None:
    if _LIBC.ptrace(request, child, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace({request}): {os.strerror(number)}")

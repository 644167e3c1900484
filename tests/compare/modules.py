# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's modules, run by their own code: each call in a child process of its own.

The child gets its options as Ansible gives them and ends as the module ends; only the
transport is left out, which makes some thousand calls affordable.
"""

from __future__ import annotations

import importlib
import json
import os
import tempfile
import traceback
from typing import Any, BinaryIO, NamedTuple

from ansible.module_utils import basic

# Where the code of a module lies.
FOLDERS = {
    "ansible.builtin": "ansible.modules",
    "community.general": "ansible_collections.community.general.plugins.modules",
    "legacy_exchange.winsock_proxy": "ansible_collections.legacy_exchange.winsock_proxy.plugins.modules",
}


class Outcome(NamedTuple):
    """What a tool said: changed (None when it does not say), the error, was it a traceback."""

    changed: bool | None
    error: str = ""
    crashed: bool = False

    def __add__(self, other: object) -> Outcome:
        """Join the outcomes of two calls for one case."""
        assert isinstance(other, Outcome)
        changed = None if self.changed is None else bool(self.changed or other.changed)
        return Outcome(changed, self.error or other.error, self.crashed or other.crashed)


def call(module: str, options: dict[str, Any], check: bool = False) -> Outcome:
    """Run a module in check mode or for real."""
    collection, _dot, name = module.rpartition(".")
    code = importlib.import_module(f"{FOLDERS[collection]}.{name}")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _be_the_module(code.main, options, check, out, err)
        os.waitpid(child, 0)
        return _outcome(_text(out), _text(err))


def _be_the_module(main: Any, options: dict[str, Any], check: bool, out: BinaryIO, err: BinaryIO) -> None:
    os.dup2(out.fileno(), 1)
    os.dup2(err.fileno(), 2)
    arguments = {**options, "_ansible_check_mode": check, "_ansible_remote_tmp": tempfile.gettempdir()}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"  # type: ignore[attr-defined,unused-ignore]
    try:
        main()
    except SystemExit:
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (1, 2):
            os.fsync(stream)
        os._exit(0)


def _text(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read().decode("utf-8", "replace")


def _outcome(out: str, err: str) -> Outcome:
    line = next((line for line in out.splitlines() if line.startswith("{")), "")
    if not line:
        return Outcome(False, (err or out).strip()[-200:] or "no answer", crashed=True)
    result = json.loads(line)
    crashed = "Traceback (most recent call last)" in err
    return Outcome(bool(result.get("changed")), str(result["msg"]) if result.get("failed") else "", crashed)

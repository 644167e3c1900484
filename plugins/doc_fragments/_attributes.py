# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Attributes that the modules share.

PRIVATE to the collection: no part of this file is a public interface.
"""

from __future__ import annotations


class ModuleDocFragment:
    """Texts for the section C(attributes) of the modules' documentation."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description: >-
      Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
      - This assumes that the system controlled or queried by the module has not changed in a relevant way.
  platform:
    description: Where the module runs and what it works on.
"""

    # For modules that never change anything; beside the above.
    INFO_MODULE = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module never changes anything.
  diff_mode:
    support: N/A
    details:
      - This module never changes anything.
  idempotent:
    support: full
  platform:
    support: full
    platforms: posix
    details:
      - Works on servers behind the connection P(legacy_exchange.winsock_proxy.smb#connection), in process on the
        controller, and on drives of a Windows server that are visible as a folder, such as a mounted share, a disk
        image or a restored backup.
"""

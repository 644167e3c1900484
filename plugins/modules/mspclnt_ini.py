#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: mspclnt_ini
short_description: Ensure a stanza in Mspclnt.ini, as Windows reads it
version_added: 1.0.0
description:
  - Ensures keys and values in one section of a private profile (INI file) such as Mspclnt.ini or Wspcfg.ini of the
    WinSock Proxy Client, and by default the stanza of Microsoft KB Q254909, C(Disable=1) in section C([EMSMTA]),
    which turns the client off for the message transfer agent (MTA) of Exchange Server 4.0, 5.0 and 5.5.
  - The judge is Windows. Where C(GetPrivateProfileString) on Windows NT already returns the wanted string, whatever the
    spelling, nothing is written; else the smallest edit is made that lets Windows read it.
  - All other bytes of the file stay as they are, comments, blanks, duplicates, odd line ends and code-page characters
    included.
  - This module is the mechanism and does what its options say. The role
    P(legacy_exchange.winsock_proxy.emsmta_bypass#role) finds the right files, looks at what could stand against the
    edit, and then calls this module.
author:
  - The legacy_exchange.winsock_proxy authors (@legacy-exchange)
extends_documentation_fragment:
  - legacy_exchange.winsock_proxy._attributes
attributes:
  check_mode:
    support: full
    details:
      - Gives the same result as a run whose write succeeds, and opens nothing for writing.
  diff_mode:
    support: full
    details:
      - Bytes that are not printable ASCII are shown escaped, for example C(\xe9).
      - Where line ends are mixed or change, each one is shown as C(<CR><LF>), C(<LF>) or C(<CR>).
      - Of a file above 20,000 bytes, the lines around the change are shown, and how many are left out.
  idempotent:
    support: full
  platform:
    support: full
    platforms: posix
    details:
      - Works on servers behind the connection P(legacy_exchange.winsock_proxy.smb#connection), in process on the
        controller, and on drives of a Windows server that are visible as a folder, such as a mounted share, a disk
        image or a restored backup.
options:
  path:
    description:
      - Absolute path of the file. Symbolic links are followed and stay links.
      - With O(drives), a Windows path such as V(C:\\Mspclnt\\Mspclnt.ini), which is looked up there, blind to case.
      - Over SMB, a Windows path such as V(C:\\Mspclnt\\Mspclnt.ini), or a UNC path of the same server.
      - V(~) and relative paths are refused, and so are folders, devices, files above 1 MiB, files saved as Unicode
        (UTF-16, see KB Q181420) and files with NUL bytes.
    type: str
    required: true
  drives:
    description:
      - "Drive letters of the server, each with the folder where the drive is visible, such as
        V({C: /mnt/ex01-c, D: /mnt/ex01-d})."
      - The path is then looked up below the folder of its drive, and nothing is read, made or changed that did not lie
        below that folder when it was opened, whoever swaps files, folders and links meanwhile. Links that stay inside
        are followed; one that leads out is refused.
      - Give it wherever somebody else can write to the drive. Refused over SMB, where the server has its own drives.
    type: dict
  section:
    description:
      - Name of the section, which for the WinSock Proxy Client is the name of a program file without its extension.
      - Windows does not tell upper and lower case apart in names of sections and keys.
      - Printable ASCII without C(]) and C(=), no leading C(;) or C([), no blanks at its ends. With O(state=present), a
        name that ends in C(.exe) is refused.
    type: str
    default: EMSMTA
  settings:
    description:
      - The keys and values to ensure, or with O(state=absent) the keys to remove, whatever their values. With
        O(state=restored), it only chooses the keys that RV(before) and RV(after) show.
      - "The default for section C(EMSMTA) is C({Disable: 1}); required for any other section."
      - Text is taken as given, whole numbers are written as decimals.
      - Booleans, floats, null and lists are refused. Write V(1), not V(yes).
      - With O(state=present), C(Disable) takes V(0) and V(1) alone, in any section. Windows would hand on anything else
        as text, and the protection would be gone.
    type: dict
  state:
    description:
      - With V(present), Windows reads the values of O(settings) afterwards.
      - With V(absent), Windows reads nothing for the keys of O(settings) afterwards. A section that is then left with
        nothing but blank lines goes too; a comment in it keeps it.
      - With V(restored), the file holds the bytes of O(backup_file) afterwards, whole, and written with the same care.
        The copy stays. Where the file holds these bytes already, nothing changes.
    type: str
    choices: [present, absent, restored]
    default: present
  backup_file:
    description:
      - For O(state=restored), the copy to put back, as RV(backup_file) of an earlier run named it; a path as in
        O(path).
      - A copy whose bytes do not match the 8 digits in its name is refused, since it was cut short or changed.
    type: str
  create:
    description:
      - Whether to make the file when it is missing.
      - Without it a missing file is an error for O(state=present) and O(state=restored), and nothing to do for
        O(state=absent).
    type: bool
    default: false
  backup:
    description:
      - Whether to keep the old bytes beside the file, as C(<file name>.<first 8 hex digits of their SHA-256>.bak), a
        name that is legal on FAT and NTFS.
      - The copy is complete and on the disk before the edit starts. The same bytes are kept only once. Another file
        that has its name is kept, and the task fails.
      - With O(state=restored) too, it is the bytes that are replaced that are kept.
    type: bool
    default: false
notes:
  - On ext2, ext3, ext4, xfs, btrfs, tmpfs and overlay, a file with one link is replaced by a rename, with owner, mode,
    ACL and extended attributes kept. Everywhere else, and over SMB, it is changed in place, in one write of the changed
    range. Over SMB, where the file holds neither old nor new bytes for sure, the old ones are kept in the controller's
    temporary folder, and the error names them.
  - After a killed process or a full disk the file holds the old bytes, the new bytes, or the new bytes and trailing
    blank lines.
  - Several runs of this module at once take turns. On a visible drive, what another program writes in the moment
    between the last look and the write can be overwritten; over SMB, no other program can write meanwhile.
  - A file without any write bit, or with the DOS attribute read-only where the driver shows it, is never edited,
    whoever runs the task.
  - The client may overwrite the whole file when it fetches its configuration again from the proxy server, as is
    documented for ISA Server (KB Q323457) and inferred for Proxy Server 2.0 (KB Q193928); the edit is then gone. Run
    the task again from time to time, or change the master copy too.
  - That the client reads these files through the profile functions of Windows is inferred from their form; no document
    says so.
seealso:
  - module: legacy_exchange.winsock_proxy.emsmta_info
  - name: Microsoft KB Q254909
    description: The article that describes the fault and these two lines.
    link: https://github.com/jeffpar/kbarchive/blob/master/kb/254/Q254909/README.md
"""

EXAMPLES = r"""
- name: Let the MTA of a mounted server drive bypass the WinSock Proxy Client
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: /mnt/ex01-c/mspclnt/mspclnt.ini
    backup: true

- name: The same on a server behind the connection legacy_exchange.winsock_proxy.smb
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: C:\Mspclnt\Mspclnt.ini
    backup: true

- name: See what would change
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: /mnt/ex01-c/mspclnt/mspclnt.ini
  check_mode: true
  diff: true

- name: Ensure keys for another program
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: /mnt/ex01-c/exchsrvr/bin/Wspcfg.ini
    section: STORE
    settings:
      ServerBindTcpPorts: "110,119,143"
      Persistent: 1
      KillOldSession: 1
    create: true

- name: Fix a drive that somebody else can write to
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: C:\Mspclnt\Mspclnt.ini
    drives:
      C: /mnt/ex01-c
    backup: true

- name: Take the stanza out again
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: /mnt/ex01-c/mspclnt/mspclnt.ini
    state: absent

- name: Put the file back as it was before an edit
  legacy_exchange.winsock_proxy.mspclnt_ini:
    path: /mnt/ex01-c/mspclnt/mspclnt.ini
    state: restored
    backup_file: /mnt/ex01-c/mspclnt/mspclnt.ini.c8872780.bak
    backup: true
"""

RETURN = r"""
path:
  description: The file, as it was given.
  returned: success
  type: str
  sample: /mnt/ex01-c/mspclnt/mspclnt.ini
section:
  description: The section, as it was given.
  returned: success
  type: str
  sample: EMSMTA
before:
  description: What Windows read for each key before, null for nothing.
  returned: success
  type: dict
  sample: {"Disable": null}
after:
  description: What Windows reads for each key afterwards, or would in check mode.
  returned: success
  type: dict
  sample: {"Disable": "1"}
backup_file:
  description:
    - The copy of the bytes that this run replaced, or would, null when none was asked for or nothing changed.
    - Of several copies beside a file, this tells which one belongs to a run. Their names do not tell which is older.
  returned: success
  type: str
  sample: /mnt/ex01-c/mspclnt/mspclnt.ini.c8872780.bak
newline:
  description: The line ends of the file, C(crlf), C(lf), C(mixed) or C(none).
  returned: success
  type: str
  sample: crlf
notes:
  description: What a user should know about the file. Each note is also shown as a warning.
  returned: success
  type: list
  elements: dict
  contains:
    code:
      description: >-
        C(readers_differ) (another reader would read a key in another way), C(fresh_section) (a plain section was put
        before a doubtful one), C(utf8_mark), C(ctrl_z), C(before_unknown) (a copy replaced what is no 8-bit text) or
        C(left_copy) (a run that was killed during a change left a copy of the old bytes beside the file, and the file
        may be half written).
      type: str
    message:
      description: The note in words.
      type: str
  sample: []
"""

from contextlib import closing
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._edit.procedure import apply
from ..module_utils._errors import UserError
from ..module_utils._local.editor import LocalEditor
from ..module_utils._options.mspclnt_ini import edit_drives_from, edit_request_from, mspclnt_ini_spec
from ..module_utils._server.text import gated, message


class _Module(AnsibleModule):
    def add_path_info(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Leave the result alone: because it has a path, owner, mode and a state would be added."""
        return kwargs


def main() -> None:
    """Run the module."""
    module = _Module(argument_spec=mspclnt_ini_spec(), supports_check_mode=True)
    try:
        editor = LocalEditor(drives=edit_drives_from(module.params))
        request = edit_request_from(module.params)
        with closing(editor):
            result = apply(editor, request, check=module.check_mode, diff=module._diff)
    except UserError as error:
        module.fail_json(msg=message(error))
    for note in result["notes"]:
        module.warn(message(f"{request.path}: {note['message']}"))
    module.exit_json(**gated(result))


if __name__ == "__main__":
    main()

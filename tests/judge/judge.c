/* SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
 * GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the profile functions of Windows read in whole files. Each line on stdin names a file of the
 * current folder. The answer on stdout is its length and then, for each section name (named once):
 *   'S' text
 *   'K' text text number   for each key (named once): key, value as text, value as a whole number
 * A value that is only a line end stands for nothing. A text is its length and its bytes. Lengths and numbers have four bytes, the lowest first.
 * The length 0xFFFFFFFF alone says that there is no such file.
 */
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

#define LARGE (4 << 20)
#define NOTHING "\n" /* no value holds a line end */

static char names[LARGE], keys[LARGE], lines[LARGE], value[LARGE], answer[16 * LARGE];
static DWORD used, room; /* a list of names or a value is never longer than the file */

static void put(const void *bytes, DWORD size) {
    if (size > sizeof answer - used) exit(3);
    memcpy(answer + used, bytes, size);
    used += size;
}

static void put_text(const char *text, DWORD size) {
    put(&size, sizeof size);
    put(text, size);
}

static int seen(const char *list, const char *name) {
    for (; list < name; list += strlen(list) + 1)
        if (!strcmp(list, name)) return 1;
    return 0;
}

static void put_key(const char *section, const char *key, const char *file) {
    DWORD size = GetPrivateProfileStringA(section, key, NOTHING, value, room, file);
    DWORD number = GetPrivateProfileIntA(section, key, 4000000000u, file);
    put("K", 1);
    put_text(key, strlen(key));
    put_text(value, size);
    put(&number, sizeof number);
}

/* The list of keys that GetPrivateProfileStringA gives ends at an empty name; this one has none. */
static int list_keys(const char *section, const char *file) {
    DWORD size = GetPrivateProfileSectionA(section, lines, room, file), used_keys = 0;
    for (const char *line = lines; line < lines + size; line += strlen(line) + 1) {
        const char *equals = strchr(line, '=');
        if (!equals) continue;
        memcpy(keys + used_keys, line, equals - line);
        used_keys += equals - line;
        keys[used_keys++] = 0;
    }
    return used_keys;
}

static void put_section(const char *section, const char *file) {
    const char *end = keys + list_keys(section, file);
    put("S", 1);
    put_text(section, strlen(section));
    for (const char *key = keys; key < end; key += strlen(key) + 1)
        if (!seen(keys, key)) put_key(section, key, file);
}

static void dump(const char *file) {
    WritePrivateProfileStringA(NULL, NULL, NULL, file); /* Wine forgets what it kept of this name */
    const char *end = names + GetPrivateProfileSectionNamesA(names, room, file);
    for (const char *name = names; name < end; name += strlen(name) + 1)
        if (!seen(names, name)) put_section(name, file);
}

int main(void) {
    static char file[MAX_PATH];
    const DWORD missing = 0xFFFFFFFF;
    _setmode(_fileno(stdout), _O_BINARY);
    while (fgets(file, sizeof file, stdin)) {
        WIN32_FILE_ATTRIBUTE_DATA found = {0};
        int there = GetFileAttributesExA(strtok(file, "\r\n"), GetFileExInfoStandard, &found);
        used = 0;
        room = found.nFileSizeLow + 64;
        if (there && room > LARGE) return 4;
        if (there) dump(file);
        fwrite(there ? &used : &missing, sizeof used, 1, stdout);
        fwrite(answer, 1, used, stdout);
        fflush(stdout);
    }
    return 0;
}

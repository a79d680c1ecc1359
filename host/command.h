/* SPDX-License-Identifier: MIT */
/*
 * command: what `moonlet run NAME` and `run -x ID` can run: process entries, by meta.command.name or id; and the terminal host they
 * run on.
 */
#ifndef HOST_COMMAND_H
#define HOST_COMMAND_H

struct entries;
struct entry;
struct text;

/* The entry with that command name; NULL and *message (the caller frees it): there is none, or two claim the name. */
const struct entry *command_find(const struct entries *entries, const char *name, char **message);

/* The process entry with that id; a text without colon is taken for a command name. NULL and *message: no such process. */
const struct entry *command_find_exec(const struct entries *entries, const char *id, char **message);

/* The terminal.host of that id, or the only one there is (id NULL). NULL and *message. */
const struct entry *command_find_host(const struct entries *entries, const char *id, char **message);

/* 0, or -1 and *message: two entries claim one name. To be asked before the application is run in whatever way. */
int command_check(const struct entries *entries, char **message);

/* One line per command, sorted by name: name and short text. */
void command_list(const struct entries *entries, struct text *out);

#endif

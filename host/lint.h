/* SPDX-License-Identifier: MIT */
/* lint: `moonlet lint`: looks at the Lua sources of an application without running it. */
#ifndef HOST_LINT_H
#define HOST_LINT_H

struct entries;
struct entry;
struct findings;
struct options_words;

/* Adds what is wrong with the source of one Lua entry. */
void lint_entry(struct findings *findings, const struct entry *entry);

/*
 * Adds what is wrong with the sources of all Lua entries whose namespace matches one of the patterns: a namespace, or "a.b.*" or
 * "a.b.**" for it and those below. No patterns: all. Entries of bytecode kinds count as looked at.
 */
void lint_entries(struct findings *findings, const struct entries *entries, const struct options_words *patterns);

#endif

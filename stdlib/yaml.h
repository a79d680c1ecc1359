/* SPDX-License-Identifier: MIT */
/*
 * yaml: YAML for payloads.
 *
 * Reading: one document. Anchors, aliases and merge keys work; aliases are copies, and what they may add is bounded. Keys are strings whatever
 * they look like, and unique. Writing: block style, four blanks a level, sorted keys; strings that would read as something else are quoted.
 */
#ifndef STDLIB_YAML_H
#define STDLIB_YAML_H

#include "stdlib/data_read.h"
#include "stdlib/data_write.h"

enum {
    YAML_ANCHORS_MAX = 1024,        /* of one document */
    YAML_ALIAS_WORDS_MAX = 1 << 18, /* of the tape: what aliases and merge keys of one document add */
};

extern const struct data_format yaml_format;
extern const struct data_sink yaml_sink;

#endif

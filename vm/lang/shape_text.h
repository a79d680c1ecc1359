/* SPDX-License-Identifier: MIT */
/* shape_text: types as people write them: `{a: string, b?: number}`; named ones by their name. Any thread. */
#ifndef LANG_SHAPE_TEXT_H
#define LANG_SHAPE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct shapes;

/* For messages, and for all else. */
enum { SHAPE_TEXT_MESSAGE = 800, SHAPE_TEXT_MAX = 4096 };

/* Writes the text with a NUL into `size` bytes, at least 16; what does not fit ends in "...". Returns its length. */
size_t shape_text(const struct shapes *shapes, uint32_t node, char *to, size_t size);

#endif

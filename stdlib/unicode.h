/* SPDX-License-Identifier: MIT */
/*
 * unicode: which bytes are UTF-8. No Lua.
 */
#ifndef STDLIB_UNICODE_H
#define STDLIB_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Length of the UTF-8 sequence at `p` (RFC 3629: no overlong forms, no surrogates, nothing over U+10FFFF), 0 if it is none. `left`: bytes that
 * may be read, at least 1.
 */
size_t unicode_sequence(const unsigned char *p, size_t left);

/* Is all of it UTF-8? */
bool unicode_is_text(const char *data, size_t length);

#define UNICODE_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD, for what is none */

#endif

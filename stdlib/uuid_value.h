/* SPDX-License-Identifier: MIT */
/*
 * uuid_value: UUIDs as 16 bytes (RFC 9562): making them, reading and writing their text. No Lua, any thread.
 */
#ifndef STDLIB_UUID_VALUE_H
#define STDLIB_UUID_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct uuid_value {
    unsigned char bytes[16];
};

enum uuid_form { UUID_STANDARD, UUID_SIMPLE, UUID_URN };
enum { UUID_TEXT = 48 }; /* room for every form and a NUL */

/*
 * The whole text as a UUID: the standard form, 32 hexadecimal digits, or the standard form after "urn:uuid:" or in braces; upper and lower
 * case. False: it is none.
 */
bool uuid_value_parse(const char *text, size_t length, struct uuid_value *out);

/* Writes the form with lower case digits; returns the length. */
size_t uuid_value_format(const struct uuid_value *uuid, enum uuid_form form, char text[static UUID_TEXT]);

/* Of the moment that uuid_clock_v1 gives, and uuid_clock_identity. */
void uuid_value_make_v1(struct uuid_value *out, uint64_t moment, uint64_t identity);

/* Of 16 random bytes that *out holds. */
void uuid_value_make_v4(struct uuid_value *out);

/* Of the moment that uuid_clock_v7 gives and 16 random bytes that *out holds. */
void uuid_value_make_v7(struct uuid_value *out, uint64_t moment);

/* Of a name in a name space: version 3 (MD5) or 5 (SHA-1). */
void uuid_value_make_named(struct uuid_value *out, int version, const struct uuid_value *space, const void *name,
                           size_t length);

int uuid_value_version(const struct uuid_value *uuid);

/* "NCS", "RFC4122", "Microsoft" or "Future". */
const char *uuid_value_variant(const struct uuid_value *uuid);

/* The moment of a UUID of version 1 or 7 of the RFC's variant, in seconds since the epoch, rounded down. False: it has none. */
bool uuid_value_seconds(const struct uuid_value *uuid, int64_t *seconds);

#endif

/* SPDX-License-Identifier: MIT */
/* uuid_value: see uuid_value.h. The digests of versions 3 and 5 are libuuid's. */
#include "stdlib/uuid_value.h"

#include <string.h>
#include <uuid/uuid.h>

/* 1582-10-15 to 1970-01-01 in 100 ns. */
static const int64_t gregorian = 0x01b21dd213814000;

static const char urn[] = "urn:uuid:";

enum { STANDARD_LENGTH = 36, SIMPLE_LENGTH = 32, URN_LENGTH = sizeof urn - 1 };

/* ---- text ---- */

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_dash_before(unsigned byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static bool parse_digits(const char *text, bool dashes, struct uuid_value *out)
{
    for (unsigned i = 0; i < sizeof out->bytes; i++) {
        if (dashes && is_dash_before(i) && *text++ != '-')
            return false;
        int high = digit_of(text[0]), low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0)
            return false;
        out->bytes[i] = (unsigned char)(high << 4 | low);
        text += 2;
    }
    return true;
}

bool uuid_value_parse(const char *text, size_t length, struct uuid_value *out)
{
    switch (length) {
    case SIMPLE_LENGTH:
        return parse_digits(text, false, out);
    case STANDARD_LENGTH:
        return parse_digits(text, true, out);
    case STANDARD_LENGTH + 2:
        return text[0] == '{' && text[length - 1] == '}' && parse_digits(text + 1, true, out);
    case STANDARD_LENGTH + URN_LENGTH:
        return strncasecmp(text, urn, URN_LENGTH) == 0 && parse_digits(text + URN_LENGTH, true, out);
    default:
        return false;
    }
}

size_t uuid_value_format(const struct uuid_value *uuid, enum uuid_form form, char text[static UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *p = text;
    if (form == UUID_URN)
        p = stpcpy(p, urn);
    for (unsigned i = 0; i < sizeof uuid->bytes; i++) {
        if (form != UUID_SIMPLE && is_dash_before(i))
            *p++ = '-';
        *p++ = digits[uuid->bytes[i] >> 4];
        *p++ = digits[uuid->bytes[i] & 15];
    }
    *p = '\0';
    return (size_t)(p - text);
}

/* ---- fields ---- */

/* `count` bytes from `at`, the most significant one first. */
static void put(struct uuid_value *uuid, unsigned at, unsigned count, uint64_t value)
{
    for (unsigned i = count; i-- > 0; value >>= 8)
        uuid->bytes[at + i] = (unsigned char)value;
}

static uint64_t get(const struct uuid_value *uuid, unsigned at, unsigned count)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | uuid->bytes[at + i];
    return value;
}

static void mark(struct uuid_value *uuid, unsigned version)
{
    uuid->bytes[6] = (unsigned char)((uuid->bytes[6] & 0x0f) | version << 4);
    uuid->bytes[8] = (unsigned char)((uuid->bytes[8] & 0x3f) | 0x80);
}

void uuid_value_make_v1(struct uuid_value *out, uint64_t moment, uint64_t identity)
{
    put(out, 0, 4, moment);
    put(out, 4, 2, moment >> 32);
    put(out, 6, 2, moment >> 48);
    put(out, 8, 2, identity >> 48);
    put(out, 10, 6, identity);
    mark(out, 1);
}

void uuid_value_make_v4(struct uuid_value *out)
{
    mark(out, 4);
}

void uuid_value_make_v7(struct uuid_value *out, uint64_t moment)
{
    put(out, 0, 6, moment >> 12);
    put(out, 6, 2, moment & 0x0fff);
    mark(out, 7);
}

void uuid_value_make_named(struct uuid_value *out, int version, const struct uuid_value *space, const void *name,
                           size_t length)
{
    if (version == 3)
        uuid_generate_md5(out->bytes, space->bytes, name, length);
    else
        uuid_generate_sha1(out->bytes, space->bytes, name, length);
}

int uuid_value_version(const struct uuid_value *uuid)
{
    return uuid->bytes[6] >> 4;
}

static bool is_rfc_variant(const struct uuid_value *uuid)
{
    return uuid->bytes[8] >> 6 == 2;
}

const char *uuid_value_variant(const struct uuid_value *uuid)
{
    unsigned bits = uuid->bytes[8] >> 5;
    if (bits < 4)
        return "NCS";
    if (is_rfc_variant(uuid))
        return "RFC4122";
    return bits == 6 ? "Microsoft" : "Future";
}

bool uuid_value_seconds(const struct uuid_value *uuid, int64_t *seconds)
{
    int version = uuid_value_version(uuid);
    if (!is_rfc_variant(uuid) || (version != 1 && version != 7))
        return false;
    if (version == 7) {
        *seconds = (int64_t)(get(uuid, 0, 6) / 1000);
        return true;
    }
    uint64_t moment = (get(uuid, 6, 2) & 0x0fff) << 48 | get(uuid, 4, 2) << 32 | get(uuid, 0, 4);
    int64_t ticks = (int64_t)moment - gregorian;
    *seconds = ticks / 10000000 - (ticks % 10000000 < 0);
    return true;
}

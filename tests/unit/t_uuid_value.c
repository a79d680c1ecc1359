/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * UUIDs as bytes and as text, and the moments that they carry.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/uuid_clock.h"
#include "stdlib/uuid_value.h"

static struct uuid_value parse(const char *text)
{
    struct uuid_value uuid;
    cr_assert(uuid_value_parse(text, strlen(text), &uuid), "%s", text);
    return uuid;
}

static void prints(const struct uuid_value *uuid, enum uuid_form form, const char *expected)
{
    char text[UUID_TEXT];
    cr_assert_eq(uuid_value_format(uuid, form, text), strlen(expected));
    cr_assert_str_eq(text, expected);
}

Test(uuid_value, forms)
{
    struct uuid_value uuid = parse("F47AC10B-58CC-4372-A567-0E02B2C3D479");
    cr_assert_eq(uuid.bytes[0], 0xf4);
    cr_assert_eq(uuid.bytes[15], 0x79);
    prints(&uuid, UUID_STANDARD, "f47ac10b-58cc-4372-a567-0e02b2c3d479");
    prints(&uuid, UUID_SIMPLE, "f47ac10b58cc4372a5670e02b2c3d479");
    prints(&uuid, UUID_URN, "urn:uuid:f47ac10b-58cc-4372-a567-0e02b2c3d479");
}

Test(uuid_value, refuses_every_change_of_one_character)
{
    static const char good[] = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
    for (size_t i = 0; i < sizeof good - 1; i++) {
        for (int c = 0; c < 256; c++) {
            char text[sizeof good];
            struct uuid_value uuid;
            memcpy(text, good, sizeof good);
            text[i] = (char)c;
            bool is_digit = c && strchr("0123456789abcdefABCDEF", c);
            cr_assert_eq(uuid_value_parse(text, sizeof good - 1, &uuid), good[i] == '-' ? c == '-' : is_digit, "%s",
                         text);
        }
    }
}

Test(uuid_value, v1_of_the_standard)
{
    struct uuid_value uuid;
    /* RFC 9562, A.1: 2022-02-22 19:22:22.0 UTC, clock sequence 0x33c8, node 9f6bdeced846 */
    uuid_value_make_v1(&uuid, 0x1ec9414c232ab00, 0x33c89f6bdeced846);
    prints(&uuid, UUID_STANDARD, "c232ab00-9414-11ec-b3c8-9f6bdeced846");
}

Test(uuid_value, v7_of_the_standard)
{
    struct uuid_value uuid = parse("ffffffff-ffff-ffff-18c4-dc0c0c07398f");
    uuid_value_make_v7(&uuid, 0x017f22e279b0ull << 12 | 0xcc3);
    prints(&uuid, UUID_STANDARD, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    cr_assert_eq(uuid_value_version(&uuid), 7);
}

Test(uuid_value, v4_keeps_122_bits)
{
    struct uuid_value uuid = parse("ffffffff-ffff-ffff-ffff-ffffffffffff");
    uuid_value_make_v4(&uuid);
    prints(&uuid, UUID_STANDARD, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    uuid = parse("00000000-0000-0000-0000-000000000000");
    uuid_value_make_v4(&uuid);
    prints(&uuid, UUID_STANDARD, "00000000-0000-4000-8000-000000000000");
}

Test(uuid_value, named)
{
    struct uuid_value space = parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), uuid;
    uuid_value_make_named(&uuid, 3, &space, "www.example.com", 15);
    prints(&uuid, UUID_STANDARD, "5df41881-3aed-3515-88a7-2f4a814cf09e");
    uuid_value_make_named(&uuid, 5, &space, "www.example.com", 15);
    prints(&uuid, UUID_STANDARD, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

Test(uuid_value, seconds)
{
    int64_t seconds;
    struct uuid_value uuid = parse("c232ab00-9414-11ec-b3c8-9f6bdeced846");
    cr_assert(uuid_value_seconds(&uuid, &seconds));
    cr_assert_eq(seconds, 1645557742);
    uuid = parse("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    cr_assert(uuid_value_seconds(&uuid, &seconds));
    cr_assert_eq(seconds, 1645557742);
    uuid = parse("ffffffff-ffff-1fff-bfff-ffffffffffff");
    cr_assert(uuid_value_seconds(&uuid, &seconds));
    cr_assert_eq(seconds, 103072857660);
    uuid = parse("f47ac10b-58cc-4372-a567-0e02b2c3d479");
    cr_assert(!uuid_value_seconds(&uuid, &seconds));
}

Test(uuid_clock, moments_only_grow)
{
    struct uuid_clock clock;
    uuid_clock_init(&clock);
    cr_assert_eq(uuid_clock_v1(&clock, 0), 0x01b21dd213814000);
    cr_assert_eq(uuid_clock_v1(&clock, 99), 0x01b21dd213814001, "the same unit again");
    cr_assert_eq(uuid_clock_v1(&clock, -1000000), 0x01b21dd213814002, "the clock went back");
    cr_assert_eq(uuid_clock_v1(&clock, 1000), 0x01b21dd21381400a);
    cr_assert_eq(uuid_clock_v7(&clock, 5500000), 5 << 12 | 2048);
    cr_assert_eq(uuid_clock_v7(&clock, 5500000), 5 << 12 | 2049);
    cr_assert_eq(uuid_clock_v7(&clock, 5999999), 5 << 12 | 4095);
    cr_assert_eq(uuid_clock_v7(&clock, 5999999), 6 << 12, "runs into the next millisecond");
}

Test(uuid_clock, identity_is_chosen_once)
{
    struct uuid_clock clock;
    uuid_clock_init(&clock);
    uint64_t identity = uuid_clock_identity(&clock, 0);
    cr_assert_eq(identity, 1ull << 40, "never the address of a network card");
    cr_assert_eq(uuid_clock_identity(&clock, ~0ull), identity);
}

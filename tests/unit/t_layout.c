/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * The pieces of layouts; writing into little room; what reading finds. What every piece writes and reads is tested by tests/lua/time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/layout.h"

/* The pieces as their tokens' numbers and texts. */
static void splits(const char *layout, const char *expected)
{
    struct layout_walker walker = {layout, layout + strlen(layout)};
    struct layout_piece piece;
    char text[400] = "";
    for (layout_next(&walker, &piece); piece.token != LAYOUT_END; layout_next(&walker, &piece)) {
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, "%s%.*s", piece.token == LAYOUT_LITERAL ? "|'" : "|",
                 (int)piece.length, piece.text);
    }
    cr_assert_str_eq(text, expected, "%s: %s", layout, text);
    layout_next(&walker, &piece);
    cr_assert_eq(piece.token, LAYOUT_END);
}

Test(layout, pieces)
{
    splits("", "");
    splits("2006-01-02T15:04:05Z07:00", "|2006|'-|01|'-|02|'T|15|':|04|':|05|Z07:00");
    splits("Mon Jan _2 15:04:05.000000 MST 2006", "|Mon|' |Jan|' |_2|' |15|':|04|':|05|.000000|' |MST|' |2006");
    splits("Monday January", "|Monday|' |January");
    splits("Month Janus", "|'Month Janus");
    splits("MonJan", "|Mon|Jan");
    splits("_2006", "|'_|2006");
    splits("__2006", "|__2|'0|06"); /* a day of the year, and what is left */
    splits("___2", "|'_|__2");
    splits("-07:00:00 -07:00 -070000 -0700 -07", "|-07:00:00|' |-07:00|' |-070000|' |-0700|' |-07");
    splits("-0", "|'-0");
    splits("Z0 Z07", "|'Z0 |Z07");
    splits("5.000 5.0001", "|5|.000|' |5|'.00|01");
    splits(",999 .99 .9x .", "|,999|' |.99|' |.9|'x .");
    splits("120", "|1|2|'0");
    splits("PMpmP p", "|PM|pm|'P p");
}

static struct calendar moment(void)
{
    struct calendar m = {.zone = "CET", .zone_length = 3};
    calendar_split(&m, 1735484645, 3600);
    m.nanosecond = 500000000;
    return m;
}

Test(layout, writes_no_more_than_there_is_room)
{
    static const char layout[] = "2006-01-02 15:04:05.999 -0700 MST", expected[] = "2024-12-29 16:04:05.5 +0100 CET";
    struct calendar m = moment();
    for (size_t size = 0; size < sizeof expected + 2; size++) {
        char text[sizeof expected + 4];
        memset(text, '#', sizeof text);
        cr_assert_eq(layout_format(text, size, layout, sizeof layout - 1, &m), sizeof expected - 1);
        size_t written = size < sizeof expected - 1 ? size : sizeof expected - 1;
        cr_assert_eq(memcmp(text, expected, written), 0);
        cr_assert_eq(text[written], '#');
    }
}

static bool parse(const char *layout, const char *text, struct layout_result *out, struct layout_problem *problem)
{
    return layout_parse(layout, strlen(layout), text, strlen(text), out, problem);
}

Test(layout, results)
{
    struct layout_result r;
    struct layout_problem problem;
    cr_assert(parse("2006-01-02 15:04:05", "1970-01-01 00:00:01.5", &r, &problem));
    cr_assert(r.local == 1 && r.nanosecond == 500000000 && r.zone == LAYOUT_ZONE_NONE && !r.name_length);
    cr_assert(parse("2006 Z0700", "1970 Z", &r, &problem));
    cr_assert(r.local == 0 && r.zone == LAYOUT_ZONE_UTC);
    cr_assert(parse("2006 -0700 MST", "1970 -0130 ABC", &r, &problem));
    cr_assert(r.local == 0 && r.zone == LAYOUT_ZONE_OFFSET && r.offset == -5400 && r.name_length == 3);
    cr_assert(parse("2006 MST", "1970 ABC", &r, &problem));
    cr_assert(r.zone == LAYOUT_ZONE_NAME && memcmp(r.name, "ABC", 3) == 0);
    cr_assert(parse("2006 MST", "1970 GMT+3", &r, &problem));
    cr_assert(r.zone == LAYOUT_ZONE_OFFSET && r.offset == 10800 && r.name_length == 5);
    cr_assert(parse("2006 MST", "1970 +03", &r, &problem));
    cr_assert(r.zone == LAYOUT_ZONE_OFFSET && r.offset == 10800 && r.name_length == 0);
    cr_assert(parse("15", "7", &r, &problem));
    cr_assert_eq(r.local, -62167219200 + 7 * 3600);
}

Test(layout, problems)
{
    struct layout_result r;
    struct layout_problem problem;
    char text[200];
    cr_assert(!parse("2006-01-02", "2024-13-01", &r, &problem));
    cr_assert(problem.at == 5 && problem.what);
    layout_explain(text, sizeof text, "2006-01-02", 10, "2024-13-01", 10, &problem);
    cr_assert_str_eq(text, "cannot parse \"2024-13-01\" as \"2006-01-02\": month out of range at byte 6, \"13-01\"");
    for (size_t size = 1; size < sizeof text; size++) {
        char *exact = malloc(size);
        layout_explain(exact, size, "2006-01-02", 10, "2024-13-01", 10, &problem);
        cr_assert_lt(strlen(exact), size);
        free(exact);
    }
}

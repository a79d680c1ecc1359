/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Rules, TZif files of versions 1 to 3, and the zones of this machine, whose results stand in a table that another implementation has made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "stdlib/calendar.h"
#include "stdlib/tz_rule.h"
#include "stdlib/zone.h"
#include "stdlib/zones.h"

/* ---- rules ---- */

static struct tz_rule rule_of(const char *text)
{
    struct tz_rule rule;
    cr_assert(tz_rule_parse(&rule, text, strlen(text)), "%s", text);
    return rule;
}

static int64_t at(int64_t year, int month, int day, int hour)
{
    return calendar_days(year, month, day) * CALENDAR_DAY_S + hour * 3600;
}

/* The offset holds from `start` (INT64_MIN: any) on; a second before, another period. */
static void changes(const char *text, int64_t start, const char *name, int32_t offset)
{
    struct tz_rule rule = rule_of(text);
    struct tz_period period, before;
    tz_rule_at(&rule, start, &period);
    cr_assert_eq(period.start, start, "%s: from %lld, not %lld", text, (long long)period.start, (long long)start);
    cr_assert_str_eq(period.name, name);
    cr_assert_eq(period.offset, offset, "%s: %d", text, period.offset);
    tz_rule_at(&rule, start - 1, &before);
    cr_assert_eq(before.end, start);
    tz_rule_at(&rule, period.end - 1, &before);
    cr_assert_eq(before.start, start);
}

Test(tz_rule, without_changes)
{
    struct tz_period period;
    struct tz_rule rule = rule_of("<+0530>-5:30");
    tz_rule_at(&rule, INT64_MIN, &period);
    cr_assert_eq(period.start, INT64_MIN);
    cr_assert_eq(period.end, INT64_MAX);
    cr_assert_eq(period.offset, 19800);
    cr_assert_str_eq(period.name, "+0530");
    cr_assert(!period.is_dst);
    rule = rule_of("LMT+0:09:21");
    cr_assert_eq(rule.offset, -561);
}

Test(tz_rule, forms_of_dates)
{
    changes("CET-1CEST,M3.5.0,M10.5.0/3", at(2024, 3, 31, 1), "CEST", 7200);
    changes("CET-1CEST,M3.5.0,M10.5.0/3", at(2024, 10, 27, 1), "CET", 3600);
    changes("EST5EDT,M3.2.0,M11.1.0", at(2030, 3, 10, 7), "EDT", -14400);
    changes("EST5EDT", at(2030, 11, 3, 6), "EST", -18000);
    changes("AEST-10AEDT,M10.1.0,M4.1.0/3", at(2025, 10, 4, 16), "AEDT", 39600);
    changes("AEST-10AEDT,M10.1.0,M4.1.0/3", at(2026, 4, 4, 16), "AEST", 36000);
    changes("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", at(2025, 10, 4, 15) + 1800, "+11", 39600);
    changes("AAA0BBB,J60/0,J300/0", at(2024, 3, 1, 0), "BBB", 3600);
    changes("AAA0BBB,J60/0,J300/0", at(2023, 3, 1, 0), "BBB", 3600);
    changes("AAA0BBB,59/0,300/0", at(2024, 2, 29, 0), "BBB", 3600);
    changes("AAA0BBB,59/0,300/0", at(2023, 3, 1, 0), "BBB", 3600);
    changes("AAA0BBB,J1/0,J300/0", at(2023, 1, 1, 0), "BBB", 3600);
    changes("AAA0BBB,M2.5.1,M8.1.1", at(2021, 2, 22, 2), "BBB", 3600);
    changes("AAA0BBB,M2.4.4,M8.1.1", at(2024, 2, 22, 2), "BBB", 3600);
    changes("IST-1GMT0,M10.5.0,M3.5.0/1", at(2024, 10, 27, 1), "GMT", 0);
    changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", at(2024, 3, 31, 1), "-01", -3600); /* a day before, at 23:00 */
    changes("EET-2EEST,M3.4.4/50,M10.4.4/50", at(2031, 3, 29, 0), "EEST", 10800);
    changes("AAA0BBB,M1.1.0/-167,M7.1.0/167", at(2023, 12, 31, 1), "BBB", 3600);
}

Test(tz_rule, all_year)
{
    struct tz_rule rule = rule_of("XXX3EDT4,0/0,J365/23");
    for (int64_t seconds = at(2020, 1, 1, 0); seconds < at(2025, 1, 1, 0); seconds += 1800) {
        struct tz_period period;
        tz_rule_at(&rule, seconds, &period);
        cr_assert_str_eq(period.name, "EDT");
        cr_assert_eq(period.offset, -14400);
    }
}

/* The calendar repeats, so years far away are like near ones; the ends of time are ends of periods. */
Test(tz_rule, far_away)
{
    struct tz_rule rule = rule_of("CET-1CEST,M3.5.0,M10.5.0/3");
    static const int64_t moments[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        struct tz_period period;
        tz_rule_at(&rule, moments[i], &period);
        cr_assert_leq(period.start, moments[i]);
        cr_assert(moments[i] < period.end || period.end == INT64_MAX);
    }
    changes("CET-1CEST,M3.5.0,M10.5.0/3", at(1000, 3, 30, 1), "CEST", 7200);
    changes("CET-1CEST,M3.5.0,M10.5.0/3", at(400002024, 3, 31, 1), "CEST", 7200);
    changes("CET-1CEST,M3.5.0,M10.5.0/3", at(-399997976, 3, 31, 1), "CEST", 7200);
}

Test(tz_rule, refuses)
{
    static const char *const bad[] = {"",
                                      "C",
                                      "CE",
                                      "CET",
                                      "CET-",
                                      "CET-1 ",
                                      "CET-1CEST,",
                                      "CET-1CEST,M3.5.0",
                                      "CET-1CEST,M3.5.0,",
                                      "5EST",
                                      "EST5EDT,M3.2.0,M11.1.0,",
                                      "EST25",
                                      "EST5:60",
                                      "EST5:00:60",
                                      "EST5:",
                                      "EST5EDT,M13.1.0,M11.1.0",
                                      "EST5EDT,M0.1.0,M11.1.0",
                                      "EST5EDT,M3.6.0,M11.1.0",
                                      "EST5EDT,M3.0.0,M11.1.0",
                                      "EST5EDT,M3.2.7,M11.1.0",
                                      "EST5EDT,J0,J365",
                                      "EST5EDT,J1,J366",
                                      "EST5EDT,0,366",
                                      "EST5EDT,M3.2.0/168,M11.1.0",
                                      "EST5EDT,M3.2.0/,M11.1.0",
                                      "EST5EDT,M3.2,M11.1.0",
                                      "<EST5",
                                      "<+0>5",
                                      "<>5",
                                      "ABCDEFGHIJKLMNOP5",
                                      "E\xc3\xa9T5",
                                      "EST5EDT,,",
                                      "EST99999999999",
                                      "EST5EDT,M3.2.0/99999999999,M11.1.0",
                                      "EST5E",
                                      "EST5ED4"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tz_rule rule;
        cr_assert(!tz_rule_parse(&rule, bad[i], strlen(bad[i])), "%s", bad[i]);
    }
}

/* ---- files ---- */

struct file {
    unsigned char bytes[4096];
    size_t length;
};

static void put(struct file *file, const void *bytes, size_t length)
{
    memcpy(file->bytes + file->length, bytes, length);
    file->length += length;
}

static void put_number(struct file *file, int64_t value, unsigned size)
{
    for (unsigned i = size; i-- > 0;)
        file->bytes[file->length++] = (unsigned char)(value >> (8 * i));
}

static void put_header(struct file *file, char version, int leaps, int times, int types, int chars)
{
    put(file, "TZif", 4);
    put(file, &version, 1);
    put(file, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15);
    put_number(file, 0, 4);
    put_number(file, 0, 4);
    put_number(file, leaps, 4);
    put_number(file, times, 4);
    put_number(file, types, 4);
    put_number(file, chars, 4);
}

/* Changes at -1e9 and 1e9 between AAA (+1h), BBB (+2h, summer time) and AAA. */
static void put_data(struct file *file, unsigned time_size)
{
    put_number(file, -1000000000, time_size);
    put_number(file, 1000000000, time_size);
    put(file, "\1\0", 2);
    put_number(file, 3600, 4);
    put(file, "\0\0", 2);
    put_number(file, 7200, 4);
    put(file, "\1\4", 2);
    put(file, "AAA\0BBB\0", 8);
}

static struct file make(char version, const char *footer)
{
    struct file file = {.length = 0};
    put_header(&file, version, 0, 2, 2, 8);
    put_data(&file, 4);
    if (version) {
        put_header(&file, version, 0, 2, 2, 8);
        put_data(&file, 8);
        put(&file, footer, strlen(footer));
    }
    return file;
}

static struct zone *parse(const struct file *file)
{
    struct zone *zone;
    const char *problem;
    int error = zone_parse(&zone, "Test", file->bytes, file->length, &problem);
    cr_assert_eq(error, 0, "%s", error == -EINVAL ? problem : "no file");
    return zone;
}

static void has(const struct zone *zone, int64_t seconds, int64_t start, int64_t end, const char *name, bool is_dst)
{
    struct tz_period period;
    zone_at(zone, seconds, &period);
    cr_assert(period.start == start && period.end == end, "%lld to %lld", (long long)period.start,
              (long long)period.end);
    cr_assert_str_eq(period.name, name);
    cr_assert_eq(period.is_dst, is_dst);
    cr_assert_eq(period.offset, is_dst ? 7200 : 3600);
}

Test(zone, versions)
{
    static const char versions[] = {0, '2', '3', '4'};
    for (size_t i = 0; i < sizeof versions; i++) {
        struct file file = make(versions[i], "\n\n");
        struct zone *zone = parse(&file);
        cr_assert_str_eq(zone_name(zone), "Test");
        has(zone, INT64_MIN, INT64_MIN, -1000000000, "AAA", false);
        has(zone, -1000000001, INT64_MIN, -1000000000, "AAA", false);
        has(zone, -1000000000, -1000000000, 1000000000, "BBB", true);
        has(zone, 1000000000, 1000000000, INT64_MAX, "AAA", false);
        has(zone, INT64_MAX, 1000000000, INT64_MAX, "AAA", false);
        zone_free(zone);
    }
    zone_free(NULL);
}

Test(zone, the_rule_holds_after_the_last_change)
{
    struct file file = make('2', "\nAAA-1BBB,M3.5.0,M10.5.0/3\n");
    struct zone *zone = parse(&file);
    has(zone, 999999999, -1000000000, 1000000000, "BBB", true);
    has(zone, at(2001, 9, 10, 0), 1000000000, at(2001, 10, 28, 1), "BBB", true); /* cut at the change */
    has(zone, at(2001, 12, 1, 0), at(2001, 10, 28, 1), at(2002, 3, 31, 1), "AAA", false);
    has(zone, at(9001, 7, 1, 0), at(9001, 3, 29, 1), at(9001, 10, 25, 1), "BBB", true);
    zone_free(zone);
}

Test(zone, a_file_that_ends_anywhere_is_refused)
{
    struct file file = make('2', "\nAAA-1BBB,M3.5.0,M10.5.0/3\n");
    for (size_t length = 0; length < file.length; length++) {
        struct zone *zone;
        const char *problem = NULL;
        int error = zone_parse(&zone, "Test", file.bytes, length, &problem);
        cr_assert_eq(error, length < 44 ? -ENOENT : -EINVAL, "%zu", length);
        cr_assert(error == -ENOENT || problem);
        cr_assert_null(zone);
    }
}

static void refuses(const struct file *file, const char *expected)
{
    struct zone *zone;
    const char *problem;
    cr_assert_eq(zone_parse(&zone, "Test", file->bytes, file->length, &problem), -EINVAL);
    cr_assert_str_eq(problem, expected);
}

static struct file with(char version, size_t place, int64_t value, unsigned size)
{
    struct file file = make(version, "\n\n"), change = {.length = place};
    put_number(&change, value, size);
    memcpy(file.bytes + place, change.bytes + place, size);
    return file;
}

Test(zone, damaged_files)
{
    enum { LEAPS = 28, TIMES = 32, TYPES = 36, CHARS = 40, FIRST_TIME = 44, TYPE_OF = 52, OFFSET = 54, NAME = 59 };
    struct file file = with(0, LEAPS, 1, 4);
    refuses(&file, "it counts leap seconds, which is not supported");
    file = with(0, TYPES, 0, 4);
    refuses(&file, "a count is out of range");
    file = with(0, TYPES, 257, 4);
    refuses(&file, "a count is out of range");
    file = with(0, CHARS, -1, 4);
    refuses(&file, "a count is out of range");
    file = with(0, TIMES, -1, 4);
    refuses(&file, "a count is out of range");
    file = with(0, TIMES, 1000, 4);
    refuses(&file, "it ends too early");
    file = with(0, FIRST_TIME, 1000000000, 4);
    refuses(&file, "its changes are not in order");
    file = with(0, TYPE_OF, 2, 1);
    refuses(&file, "a change has no type");
    file = with(0, OFFSET, 93600, 4);
    refuses(&file, "an offset is out of range");
    file = with(0, OFFSET, INT32_MIN, 4);
    refuses(&file, "an offset is out of range");
    file = with(0, NAME, 8, 1);
    refuses(&file, "a type has no name");
    file = with('2', TIMES, -1, 4); /* of the part that is skipped */
    refuses(&file, "it ends too early");
    file = with('2', 74, 'X', 1);
    refuses(&file, "the second header is missing");
    file = make('2', "\nAAA\n");
    refuses(&file, "the rule at its end cannot be read");
    file = make('2', "AAA-1\n");
    refuses(&file, "the rule at its end is missing");
}

Test(zone, clocks_that_skip_and_repeat)
{
    struct zone *east = zone_of_rule("East", "CET-1CEST,M3.5.0,M10.5.0/3");
    struct zone *west = zone_of_rule("West", "EST5EDT,M3.2.0,M11.1.0");
    int64_t seconds;
    cr_assert(zone_to_utc(east, at(2024, 3, 31, 2), &seconds) && seconds == at(2024, 3, 31, 1)); /* shows 3:00 */
    cr_assert(zone_to_utc(east, at(2024, 3, 31, 3), &seconds) && seconds == at(2024, 3, 31, 1));
    cr_assert(zone_to_utc(east, at(2024, 10, 27, 2), &seconds) && seconds == at(2024, 10, 27, 1)); /* the second one */
    cr_assert(zone_to_utc(west, at(2024, 3, 10, 2), &seconds) && seconds == at(2024, 3, 10, 6));   /* shows 1:00 */
    cr_assert(zone_to_utc(west, at(2024, 3, 10, 3), &seconds) && seconds == at(2024, 3, 10, 7));
    cr_assert(zone_to_utc(west, at(2024, 11, 3, 1), &seconds) && seconds == at(2024, 11, 3, 5)); /* the first one */
    cr_assert(!zone_to_utc(east, INT64_MIN, &seconds));
    cr_assert(!zone_to_utc(west, INT64_MAX, &seconds));
    cr_assert_null(zone_of_rule("X", "no rule"));
    zone_free(east);
    zone_free(west);
}

Test(zone, names)
{
    struct zone *zone = zone_of_rule("East", "CET-1CEST,M3.5.0,M10.5.0/3");
    int32_t offset = 0;
    cr_assert(zone_find_name(zone, "CEST", 4, at(2024, 7, 1, 0), &offset) && offset == 7200);
    cr_assert(zone_find_name(zone, "CEST", 4, at(2024, 1, 1, 0), &offset) && offset == 7200);
    cr_assert(zone_find_name(zone, "CET", 3, INT64_MIN, &offset) && offset == 3600);
    cr_assert(!zone_find_name(zone, "CE", 2, 0, &offset) && !zone_find_name(zone, "CESTX", 5, 0, &offset));
    zone_free(zone);
}

/* ---- the zones of this machine ---- */

static struct zones *zones;

static void open_zones(void)
{
    zones = zones_new(
        &(struct zones_config){.tz = "UTC0", .directory = "/usr/share/zoneinfo", .localtime = "/etc/localtime"});
}

static void close_zones(void)
{
    zones_free(zones);
}

static int find(const char *name, const struct zone **out)
{
    char problem[ZONES_PROBLEM] = "";
    int error = zones_find(zones, name, strlen(name), out, problem);
    cr_assert(!error == !problem[0], "%s: %d %s", name, error, problem);
    return error;
}

TestSuite(zones, .init = open_zones, .fini = close_zones);

Test(zones, a_zone_is_loaded_once)
{
    const struct zone *a, *b;
    cr_assert_eq(find("Europe/Paris", &a), 0);
    cr_assert_eq(find("Europe/Paris", &b), 0);
    cr_assert_eq(a, b);
    cr_assert_eq(find("UTC", &a), 0);
    cr_assert_eq(a, zones_utc(zones));
    cr_assert_eq(find("Local", &a), 0);
    cr_assert_eq(a, zones_local(zones));
    zones_free(NULL);
}

Test(zones, names_that_are_none)
{
    static const char *const names[] = {"../zoneinfo/Europe/Paris",
                                        "/usr/share/zoneinfo/Europe/Paris",
                                        "Europe",
                                        "Europe/",
                                        "/Europe/Paris",
                                        "Europe//Paris",
                                        "Europe/../Europe/Paris",
                                        "./UTC",
                                        ".",
                                        "..",
                                        "",
                                        "Nowhere",
                                        "zone.tab",
                                        "leapseconds"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct zone *zone;
        cr_assert_eq(find(names[i], &zone), -ENOENT, "%s", names[i]);
    }
}

/* Files that are there but cannot be a zone: nothing waits, nothing is read beyond measure. */
Test(zones, odd_files)
{
    char directory[] = "/tmp/t_zone_XXXXXX", path[64], problem[ZONES_PROBLEM];
    const struct zone *zone;
    cr_assert(mkdtemp(directory));
    struct zones *odd = zones_new(&(struct zones_config){.tz = "", .directory = directory, .localtime = ""});
    snprintf(path, sizeof path, "%s/Fifo", directory);
    cr_assert_eq(mkfifo(path, 0600), 0);
    cr_assert_eq(zones_find(odd, "Fifo", 4, &zone, problem), -ENOENT);
    unlink(path);
    snprintf(path, sizeof path, "%s/Large", directory);
    cr_assert_eq(close(creat(path, 0600)), 0);
    cr_assert_eq(truncate(path, 2 << 20), 0);
    cr_assert_eq(zones_find(odd, "Large", 5, &zone, problem), -EFBIG);
    cr_assert_eq(truncate(path, 100), 0);
    cr_assert_eq(zones_find(odd, "Large", 5, &zone, problem), -ENOENT);
    cr_assert(strstr(problem, "this is no time zone file"), "%s", problem);
    struct file file = with(0, 52, 9, 1);
    FILE *stream = fopen(path, "wb");
    cr_assert(stream && fwrite(file.bytes, 1, file.length, stream) == file.length);
    fclose(stream);
    cr_assert_eq(zones_find(odd, "Large", 5, &zone, problem), -EINVAL);
    cr_assert(strstr(problem, "a change has no type"), "%s", problem);
    unlink(path);
    rmdir(directory);
    zones_free(odd);
}

struct sample {
    const char *zone;
    int64_t seconds;
    const char *text;
};

static const struct sample samples[] = {
#include "tests/unit/zone_samples.h"
};

Test(zones, samples)
{
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        const struct sample *s = &samples[i];
        const struct zone *zone;
        struct tz_period period;
        struct calendar c;
        char text[80];
        cr_assert_eq(find(s->zone, &zone), 0, "%s", s->zone);
        zone_at(zone, s->seconds, &period);
        calendar_split(&c, s->seconds, period.offset);
        snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d:%02d %d %s %d %d", (int)c.year, c.month, c.day, c.hour,
                 c.minute, c.second, c.offset, period.name, c.weekday, c.year_day);
        cr_assert_str_eq(text, s->text, "%s at %lld: %s, expected %s", s->zone, (long long)s->seconds, text, s->text);
        int64_t back, local = s->seconds + period.offset;
        cr_assert(zone_to_utc(zone, local, &back));
        zone_at(zone, back, &period);
        cr_assert(back == s->seconds || back + period.offset == local, "%s at %lld", s->zone, (long long)s->seconds);
    }
}

/* ---- local time ---- */

static void is_local(const char *tz, const char *localtime, int64_t seconds, const char *name)
{
    struct tz_period period;
    struct zones *some =
        zones_new(&(struct zones_config){.tz = tz, .directory = "/usr/share/zoneinfo", .localtime = localtime});
    zone_at(zones_local(some), seconds, &period);
    cr_assert_str_eq(period.name, name, "TZ=%s: %s", tz ? tz : "(none)", period.name);
    cr_assert_str_eq(zone_name(zones_local(some)), "Local");
    zones_free(some);
}

Test(zones, local)
{
    is_local("Europe/Paris", "", at(2024, 7, 1, 0), "CEST");
    is_local(":Europe/Paris", "", at(2024, 1, 1, 0), "CET");
    is_local("/usr/share/zoneinfo/Asia/Tokyo", "", 0, "JST");
    is_local(":/usr/share/zoneinfo/Asia/Tokyo", "", 0, "JST");
    is_local("XXX3YYY,J100,J200", "", at(2024, 5, 1, 0), "YYY");
    is_local("", "/usr/share/zoneinfo/Asia/Tokyo", 0, "UTC");
    is_local(":", "/usr/share/zoneinfo/Asia/Tokyo", 0, "UTC");
    is_local(NULL, "/usr/share/zoneinfo/Asia/Tokyo", 0, "JST");
    is_local(NULL, "/nonexistent", 0, "UTC");
    is_local("../../etc/passwd", "", 0, "UTC");
    is_local("Nowhere/Else", "", 0, "UTC");
    is_local("/etc/passwd", "", 0, "UTC");
    struct zones_config config = zones_default_config(NULL);
    cr_assert(config.directory && config.localtime);
}

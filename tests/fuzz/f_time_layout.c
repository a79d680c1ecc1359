/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * f_time_layout: the first line of the input is a layout, the rest a text (after 14 bytes that give a moment, an offset and how much room there is).
 * A moment written with any layout fits into the room that was promised; a text that can be read gives a moment whose text in a layout that
 * tells everything can be read again and is the same moment; one that cannot gets a sentence.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/layout.h"

enum { HEAD = 14, ROOM = 8192 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(condition)                                                  \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                        \
        }                                                                   \
    } while (0)

static void write_with(const char *layout, size_t length, const struct calendar *moment, size_t room)
{
    char *exact = malloc(room + 1);
    size_t needed = layout_format(exact, room, layout, length, moment);
    char *whole = malloc(needed + 1);
    REQUIRE(layout_format(whole, needed, layout, length, moment) == needed);
    REQUIRE(memcmp(exact, whole, needed < room ? needed : room) == 0);
    free(exact);
    free(whole);
}

static void read_back(const struct layout_result *result)
{
    static const char layout[] = "2006-01-02 15:04:05.000000000 -07:00:00";
    struct layout_result again;
    struct layout_problem problem;
    struct calendar moment = {.year = 0};
    char text[80];
    calendar_split(&moment, result->local - result->offset, result->offset);
    moment.nanosecond = result->nanosecond;
    size_t length = layout_format(text, sizeof text, layout, sizeof layout - 1, &moment);
    REQUIRE(length < sizeof text);
    REQUIRE(layout_parse(layout, sizeof layout - 1, text, length, &again, &problem));
    REQUIRE(again.local == result->local && again.nanosecond == result->nanosecond && again.offset == result->offset);
}

static void read_with(const char *layout, size_t length, const char *text, size_t text_length)
{
    struct layout_result result;
    struct layout_problem problem;
    char sentence[300];
    if (layout_parse(layout, length, text, text_length, &result, &problem)) {
        REQUIRE(result.nanosecond >= 0 && result.nanosecond < CALENDAR_NS_PER_S);
        REQUIRE(!result.name_length || (result.name >= text && result.name + result.name_length <= text + text_length));
        read_back(&result);
        return;
    }
    REQUIRE(problem.at <= text_length);
    layout_explain(sentence, sizeof sentence, layout, length, text, text_length, &problem);
    REQUIRE(strncmp(sentence, "cannot parse \"", 14) == 0 && strlen(sentence) < sizeof sentence);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct calendar moment = {.zone = "ABC", .zone_length = 3};
    int64_t seconds;
    int32_t offset;
    uint16_t room;
    if (size < HEAD)
        return 0;
    memcpy(&seconds, data, 8);
    memcpy(&offset, data + 8, 4);
    memcpy(&room, data + 12, 2);
    calendar_split(&moment, seconds, offset % 360000);
    moment.nanosecond = (int32_t)((uint64_t)seconds % CALENDAR_NS_PER_S);
    moment.zone_length = data[0] % 4;
    const char *layout = (const char *)data + HEAD, *end = (const char *)data + size;
    const char *line = memchr(layout, '\n', (size_t)(end - layout));
    size_t length = (size_t)((line ? line : end) - layout);
    write_with(layout, length, &moment, room % ROOM);
    if (line)
        read_with(layout, length, line + 1, (size_t)(end - line - 1));
    return 0;
}

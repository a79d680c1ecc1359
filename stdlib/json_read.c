/* SPDX-License-Identifier: MIT */
/* json_read: JSON text to a tape. The parser is fast and says yes or no; on no, json_scan finds out what is the matter. */
#include <stdio.h>
#include <string.h>

#include "stdlib/cxx/json_parser.h"
#include "stdlib/data_tape.h"
#include "stdlib/json.h"
#include "stdlib/json_scan.h"

static bool fail(struct data_error *error, const char *message)
{
    snprintf(error->message, sizeof error->message, "%s", message);
    return false;
}

/* Length of the byte order mark that some editors write. */
static size_t mark_length(const struct data_tape *tape)
{
    return tape->length >= 3 && memcmp(tape->text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}

/* Is there an empty list or map one level too deep? The parser takes it. */
static bool is_too_deep(const uint64_t *words)
{
    int depth = 0;
    for (size_t at = 1; data_tag(words[at]) != DATA_ROOT; at++) {
        switch (data_tag(words[at])) {
        case DATA_LIST:
        case DATA_MAP:
            if (++depth > DATA_MAX_DEPTH)
                return true;
            break;
        case DATA_LIST_END:
        case DATA_MAP_END:
            depth--;
            break;
        case DATA_INTEGER:
        case DATA_UNSIGNED:
        case DATA_NUMBER:
            at++;
            break;
        default:
            break;
        }
    }
    return false;
}

static bool json_parse(struct data_tape *tape, struct data_error *error)
{
    size_t mark = mark_length(tape), length = tape->length - mark;
    char *text = tape->text + mark;
    if (!tape->parser && !(tape->parser = json_parser_new()))
        return fail(error, "out of memory");
    tape->words = NULL;
    tape->string_count = 0;
    enum json_parser_status status = json_parser_run(tape->parser, text, length, &tape->words, &tape->strings);
    if (status == JSON_PARSER_OK && is_too_deep(tape->words))
        status = JSON_PARSER_REFUSED;
    if (status == JSON_PARSER_REFUSED) {
        enum json_scan_result result = json_scan(text, length, error);
        if (result == JSON_SCAN_BAD)
            return false;
        if (result == JSON_SCAN_MENDED)
            status = json_parser_run(tape->parser, text, length, &tape->words, &tape->strings);
    }
    if (status == JSON_PARSER_MEMORY)
        return fail(error, "out of memory");
    return status == JSON_PARSER_OK || fail(error, "the text cannot be parsed");
}

const struct data_format json_format = {.name = "JSON", .at_once = 64 * 1024, .parse = json_parse};

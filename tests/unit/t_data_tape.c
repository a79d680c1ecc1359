/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <string.h>

#include <criterion/criterion.h>

#include "stdlib/data_read.h"
#include "stdlib/data_tape.h"
#include "stdlib/json.h"
#include "stdlib/yaml.h"

/* [[1,{"k":"v"}]], without the outermost ends. */
static size_t put_nested(struct data_tape *tape)
{
    size_t list = data_tape_open(tape, DATA_LIST);
    data_tape_put_integer(tape, 1);
    size_t map = data_tape_open(tape, DATA_MAP);
    data_tape_put_string(tape, "k", 1);
    data_tape_put_string(tape, "v", 1);
    data_tape_close(tape, map, 1);
    data_tape_close(tape, list, 2);
    return list;
}

/* Every list and map points to its end and back. */
static void check(const struct data_tape *tape)
{
    uint64_t end = data_payload(tape->words[0]) - 1;
    cr_assert_eq(data_tag(tape->words[0]), DATA_ROOT);
    cr_assert_eq(data_tag(tape->words[end]), DATA_ROOT);
    cr_assert_eq(data_tape_skip(tape->words, 1), end);
    for (size_t at = 1; at < end; at++) {
        enum data_tag tag = data_tag(tape->words[at]);
        if (tag == DATA_INTEGER || tag == DATA_UNSIGNED || tag == DATA_NUMBER)
            at++;
        if (tag != DATA_LIST && tag != DATA_MAP)
            continue;
        size_t last = data_tape_skip(tape->words, at) - 1;
        cr_assert_eq(data_tag(tape->words[last]), tag == DATA_LIST ? DATA_LIST_END : DATA_MAP_END);
        cr_assert_eq(data_payload(tape->words[last]), at);
    }
}

Test(data_tape, copies_and_removes_whole_values)
{
    struct data_tape *tape = data_tape_new();
    data_tape_begin(tape);
    size_t outer = data_tape_open(tape, DATA_LIST);
    size_t first = put_nested(tape), after = tape->word_count;
    data_tape_put_words(tape, first, after);
    data_tape_put_number(tape, 0.5);
    data_tape_put_words(tape, first, after);
    data_tape_remove_words(tape, first, after);
    data_tape_close(tape, outer, 3);
    cr_assert(data_tape_end(tape));
    check(tape);
    cr_assert_eq(data_count(tape->words[outer]), 3);
    data_tape_free(tape);
}

Test(data_tape, grows)
{
    struct data_tape *tape = data_tape_new();
    data_tape_begin(tape);
    size_t outer = data_tape_open(tape, DATA_LIST);
    for (int i = 0; i < 10000; i++)
        put_nested(tape);
    data_tape_close(tape, outer, 10000);
    cr_assert(data_tape_end(tape));
    check(tape);
    uint32_t length;
    memcpy(&length, tape->strings, sizeof length);
    cr_assert_eq(length, 1);
    cr_assert_gt(data_tape_size(tape), 10000 * 8 * sizeof(uint64_t));
    /* and again: what was there is gone */
    data_tape_begin(tape);
    data_tape_put(tape, DATA_NULL);
    cr_assert(data_tape_end(tape));
    cr_assert_eq(data_payload(tape->words[0]), 3);
    data_tape_free(tape);
}

static bool parse(struct data_tape *tape, const struct data_format *format, const char *text)
{
    struct data_error error;
    cr_assert(data_tape_set_length(tape, strlen(text)));
    memcpy(tape->text, text, strlen(text));
    return format->parse(tape, &error);
}

Test(data_tape, is_what_the_readers_fill)
{
    struct data_tape *tape = data_tape_new();
    for (int i = 0; i < 3; i++) {
        cr_assert(parse(tape, &json_format, "{\"a\":[1,2.5,\"x\",null],\"b\":{}}"));
        check(tape);
        cr_assert_not(parse(tape, &json_format, "{\"a\":"));
        cr_assert(parse(tape, &yaml_format, "a: &x {n: [1, 2]}\nb: {<<: [*x, *x], c: *x}\n"));
        check(tape);
        cr_assert_not(parse(tape, &yaml_format, "a: *x"));
    }
    cr_assert(parse(tape, &json_format, "[1]"));
    data_tape_trim(tape);
    cr_assert_null(tape->text);
    check(tape);
    cr_assert(parse(tape, &json_format, "[2]"));
    check(tape);
    data_tape_free(tape);
}

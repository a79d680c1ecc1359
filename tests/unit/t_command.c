/* SPDX-License-Identifier: MIT */
/* links: host */
/* command, exec results and encode: what is run, with which arguments, and what its result means. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/command.h"
#include "host/encode.h"
#include "host/entry.h"
#include "host/exec.h"
#include "host/text.h"
#include "host/value.h"
#include "host/yaml.h"
#include "vm/codec.h"
#include "vm/error.h"

static struct value *parse(const char *yaml)
{
    struct yaml_error error;
    struct value *value = yaml_parse(yaml, strlen(yaml), NULL, &error);
    cr_assert(value, "%s", error.message);
    return value;
}

static void add(struct entries *entries, const char *name, const char *kind, const char *meta)
{
    cr_assert(
        entries_add(entries, entry_new("a", name, strdup(kind), parse(meta), value_new(VALUE_MAP, 1), "f.yaml", 7)));
}

static void check_message(char *message, const char *part)
{
    cr_assert(message && strstr(message, part), "'%s' lacks '%s'", message ? message : "", part);
    free(message);
}

Test(command, finds_by_name_and_id)
{
    struct entries entries = {0};
    char *message;
    add(&entries, "p", "process.lua", "{command: {name: go, short: goes}}");
    add(&entries, "q", "process.lua", "{}");
    add(&entries, "f", "function.lua", "{command: {name: func}}");
    add(&entries, "t", "terminal.host", "{}");
    cr_assert_str_eq(command_find(&entries, "go", &message)->id, "a:p");
    cr_assert_str_eq(command_find_exec(&entries, "go", &message)->id, "a:p");
    cr_assert_str_eq(command_find_exec(&entries, "a:q", &message)->id, "a:q");
    cr_assert_null(command_find(&entries, "func", &message));
    check_message(message, "no command 'func'");
    cr_assert_null(command_find(&entries, "og", &message));
    check_message(message, "did you mean 'go'?");
    cr_assert_null(command_find_exec(&entries, "a:f", &message));
    check_message(message, "a:f is a function.lua (f.yaml:7)");
    cr_assert_null(command_find_exec(&entries, "a:x", &message));
    check_message(message, "there is no entry a:x");
    cr_assert_str_eq(command_find_host(&entries, NULL, &message)->id, "a:t");
    cr_assert_null(command_find_host(&entries, "a:p", &message));
    check_message(message, "not a terminal.host");
    entries_free(&entries);
}

Test(command, lists_by_name_without_tests)
{
    struct entries entries = {0};
    struct text text = {0};
    char *message;
    add(&entries, "p", "process.lua", "{command: {name: zebra, short: striped}}");
    add(&entries, "q", "process.lua", "{command: {name: ant}}");
    add(&entries, "t", "process.lua", "{command: {name: checks, use_case: test}}");
    cr_assert_eq(command_check(&entries, &message), 0);
    command_list(&entries, &text);
    cr_assert_str_eq(text_string(&text), "ant\nzebra   striped\n");
    text_free(&text);
    add(&entries, "r", "process.lua", "{command: {name: ant}}");
    cr_assert_eq(command_check(&entries, &message), -1);
    check_message(message, "two entries are named command 'ant': a:q (f.yaml:7) and a:r (f.yaml:7)");
    text_free(&text);
    entries_free(&entries);
}

static void check_result(struct codec_bytes *bytes, bool failed, int code, const char *print)
{
    struct exec_outcome outcome;
    exec_read_result(&outcome, failed, bytes->data, bytes->length);
    cr_assert_eq(outcome.code, code, "code %d instead of %d", outcome.code, code);
    cr_assert_eq(outcome.is_error, failed);
    if (print)
        cr_assert_str_eq(outcome.print, print);
    else
        cr_assert_null(outcome.print);
    free(outcome.print);
    codec_bytes_free(bytes);
    *bytes = (struct codec_bytes){0};
}

static struct codec_bytes two(void)
{
    struct codec_bytes bytes = {0};
    cr_assert(codec_begin(&bytes, 2));
    return bytes;
}

static void check_integer(int64_t value, int code)
{
    struct codec_bytes bytes = two();
    cr_assert(codec_put_integer(&bytes, value) && codec_put_nil(&bytes));
    check_result(&bytes, false, code, NULL);
}

static void check_number(double value, int code)
{
    struct codec_bytes bytes = two();
    cr_assert(codec_put_number(&bytes, value) && codec_put_nil(&bytes));
    check_result(&bytes, false, code, NULL);
}

Test(exec, results_are_exit_codes)
{
    struct codec_bytes bytes = two();
    cr_assert(codec_put_nil(&bytes) && codec_put_nil(&bytes));
    check_result(&bytes, false, 0, NULL);
    bytes = two();
    cr_assert(codec_put_boolean(&bytes, true) && codec_put_nil(&bytes));
    check_result(&bytes, false, 0, NULL);
    bytes = two();
    cr_assert(codec_put_boolean(&bytes, false) && codec_put_nil(&bytes));
    check_result(&bytes, false, 1, NULL);
    bytes = two();
    cr_assert(codec_put_string(&bytes, "text", 4) && codec_put_nil(&bytes));
    check_result(&bytes, false, 0, "text\n");
    bytes = two();
    cr_assert(codec_put_nil(&bytes) && codec_put_error(&bytes, ERROR_INTERNAL, "broken", 0));
    check_result(&bytes, true, 1, "broken\n");
    bytes = two();
    cr_assert(codec_put_error(&bytes, ERROR_INTERNAL, "returned", 0) && codec_put_nil(&bytes));
    struct exec_outcome outcome;
    exec_read_result(&outcome, false, bytes.data, bytes.length);
    cr_assert(outcome.is_error && outcome.code == 1, "an error as a value is one too");
    cr_assert_str_eq(outcome.print, "returned\n");
    free(outcome.print);
    codec_bytes_free(&bytes);
    check_integer(0, 0);
    check_integer(42, 42);
    check_integer(255, 255);
    check_integer(256, 1);
    check_integer(-1, 255);
    check_integer(INT64_MIN, 1);
    check_number(3.0, 3);
    check_number(2.9, 2);
    check_number(NAN, 1);
    check_number(INFINITY, 1);
}

Test(encode, lists_and_strings)
{
    struct codec_bytes bytes;
    struct codec_view view;
    struct value *list = parse("[1, two, 3.5, true, ~, {a: [1], b: {}}]");
    encode_list(&bytes, list);
    cr_assert_eq(codec_count(bytes.data, bytes.length), 6);
    cr_assert(codec_view(bytes.data, bytes.length, 0, &view) && view.tag == CODEC_INTEGER && view.integer == 1);
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view) && view.tag == CODEC_STRING && view.string.length == 3);
    cr_assert(codec_view(bytes.data, bytes.length, 2, &view) && view.tag == CODEC_NUMBER && view.number == 3.5);
    cr_assert(codec_view(bytes.data, bytes.length, 3, &view) && view.tag == CODEC_BOOLEAN && view.boolean);
    cr_assert(codec_view(bytes.data, bytes.length, 4, &view) && view.tag == CODEC_NIL);
    cr_assert(codec_view(bytes.data, bytes.length, 5, &view) && view.tag == CODEC_TABLE);
    codec_bytes_free(&bytes);
    value_free(list);
    encode_list(&bytes, NULL);
    cr_assert_eq(codec_count(bytes.data, bytes.length), 0);
    codec_bytes_free(&bytes);
    char *words[] = {"a", ""};
    encode_strings(&bytes, words, 2);
    cr_assert_eq(codec_count(bytes.data, bytes.length), 2);
    cr_assert(codec_view(bytes.data, bytes.length, 1, &view) && view.tag == CODEC_STRING && view.string.length == 0);
    codec_bytes_free(&bytes);
}

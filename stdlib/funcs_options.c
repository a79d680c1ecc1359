/* SPDX-License-Identifier: MIT */
/* funcs_options: see funcs_options.h. */
#include "stdlib/funcs_options.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "stdlib/duration.h"
#include "vm/call_options.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/vm.h"

#define NS_PER_MS 1000000.0

enum { MOST_ATTEMPTS = 1000000 };

static bool is_named(const struct codec_field *field, const char *name)
{
    return field->key_length == strlen(name) && memcmp(field->key, name, field->key_length) == 0;
}

static bool fail(struct vm_error *error, const char *option, const char *wanted)
{
    vm_error_set(error, ERROR_INVALID, "option %s must be %s", option, wanted);
    return false;
}

static bool number_of(const struct codec_view *view, double *number)
{
    if (view->tag == CODEC_INTEGER)
        *number = (double)view->integer;
    else if (view->tag == CODEC_NUMBER)
        *number = view->number;
    else
        return false;
    return isfinite(*number);
}

/* Milliseconds, or a duration text; not negative. */
static bool read_delay(const struct codec_field *field, const char *option, int64_t *ns, struct vm_error *error)
{
    static const char wanted[] = "a number of milliseconds or a duration like \"1.5s\", 0 or more";
    const struct codec_view *view = &field->view;
    double ms;
    if (view->tag == CODEC_STRING && duration_parse(view->string.data, view->string.length, ns) && *ns >= 0)
        return true;
    if (!number_of(view, &ms) || ms < 0 || ms > (double)(INT64_MAX / 2) / NS_PER_MS)
        return fail(error, option, wanted);
    *ns = (int64_t)(ms * NS_PER_MS);
    return true;
}

static bool read_number(const struct codec_field *field, const char *option, double most, double *number,
                        struct vm_error *error)
{
    double value;
    if (!number_of(&field->view, &value) || value < 0 || value > most)
        return fail(error, option, most == 1 ? "a number from 0 to 1" : "a number, 0 or more");
    *number = value;
    return true;
}

static bool read_attempts(const struct codec_field *field, uint32_t *attempts, struct vm_error *error)
{
    double value;
    if (!number_of(&field->view, &value) || value != floor(value) || value < 0 || value > MOST_ATTEMPTS)
        return fail(error, "retry.max_attempts", "a whole number from 0 to 1000000");
    *attempts = (uint32_t)value;
    return true;
}

/* An empty table of a program is a map. */
static bool is_empty(const struct codec_field *field)
{
    struct codec_fields fields;
    return codec_fields_enter(&fields, field) && fields.left == 0;
}

static bool read_kinds(const struct codec_field *field, const char *option, struct call_kinds *kinds,
                       struct vm_error *error)
{
    static const char wanted[] = "a list of error kinds";
    struct codec_fields items;
    struct codec_view kind;
    if (is_empty(field))
        return true;
    if (!codec_items_enter(&items, field))
        return fail(error, option, wanted);
    while (codec_items_next(&items, &kind)) {
        if (kind.tag != CODEC_STRING || memchr(kind.string.data, '\0', kind.string.length))
            return fail(error, option, wanted);
        call_kinds_add(kinds, kind.string.data, kind.string.length);
    }
    return true;
}

static bool read_retry_field(const struct codec_field *field, struct call_retry *retry, struct vm_error *error)
{
    if (field->view.tag == CODEC_NIL)
        return true;
    if (is_named(field, "max_attempts"))
        return read_attempts(field, &retry->max_attempts, error);
    if (is_named(field, "initial_delay"))
        return read_delay(field, "retry.initial_delay", &retry->initial_delay_ns, error);
    if (is_named(field, "max_delay"))
        return read_delay(field, "retry.max_delay", &retry->max_delay_ns, error);
    if (is_named(field, "backoff_factor"))
        return read_number(field, "retry.backoff_factor", 1e9, &retry->backoff_factor, error);
    if (is_named(field, "jitter"))
        return read_number(field, "retry.jitter", 1, &retry->jitter, error);
    if (is_named(field, "retry_kinds"))
        return read_kinds(field, "retry.retry_kinds", &retry->retry_kinds, error);
    if (is_named(field, "skip_kinds"))
        return read_kinds(field, "retry.skip_kinds", &retry->skip_kinds, error);
    return true;
}

static bool read_retry(const struct codec_field *field, struct call_options *options, struct vm_error *error)
{
    struct codec_fields fields;
    struct codec_field entry;
    if (!codec_fields_enter(&fields, field))
        return fail(error, "retry", "a table like {max_attempts = 3}");
    options->has_retry = true;
    while (codec_fields_next(&fields, &entry))
        if (!read_retry_field(&entry, &options->retry, error))
            return false;
    return true;
}

static bool read_option(const struct codec_field *field, struct call_options *options, struct vm_error *error)
{
    if (field->view.tag == CODEC_NIL)
        return true;
    if (is_named(field, "timeout")) {
        options->has_timeout = true;
        return read_delay(field, "timeout", &options->timeout_ns, error);
    }
    return !is_named(field, "retry") || read_retry(field, options, error);
}

int funcs_options_parse(struct call_options **out, const void *data, size_t length, struct vm_error *error)
{
    struct codec_fields fields;
    struct codec_field field;
    *out = NULL;
    if (!codec_fields_begin(&fields, data, length)) {
        vm_error_set(error, ERROR_INVALID, "options must be a table of named values");
        return -1;
    }
    struct call_options *options = call_options_new();
    while (codec_fields_next(&fields, &field))
        if (!read_option(&field, options, error)) {
            call_options_unref(options);
            return -1;
        }
    if (options->has_timeout || options->has_retry)
        *out = options;
    else
        call_options_unref(options);
    return 0;
}

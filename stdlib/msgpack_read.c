/* SPDX-License-Identifier: MIT */
/*
 * msgpack_read: MessagePack to a tape. libmpack gives tokens; the open lists and maps are kept here. What a list or map claims to hold is
 * checked against the bytes that are left, each value being one at least, so nobody makes room for what cannot be there.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include <mpack.h>

#include "sched/base/compiler.h"
#include "stdlib/data_tape.h"
#include "stdlib/msgpack.h"

struct frame {
    size_t open, count; /* on the tape; values or pairs */
    size_t left;        /* values to come, keys among them */
    bool is_map;
};

struct reader {
    struct data_tape *tape;
    struct data_error *error;
    const char *at;
    size_t left;
    mpack_tokbuf_t tokens;
    int depth;
    struct frame frames[DATA_MAX_DEPTH];
};

printf_like(2, 3) static bool fail(struct reader *r, const char *fmt, ...)
{
    char *message = r->error->message;
    size_t room = sizeof r->error->message;
    int length = snprintf(message, room, "byte %zu: ", r->tape->length - r->left);
    va_list args;
    va_start(args, fmt);
    vsnprintf(message + length, room - (size_t)length, fmt, args);
    va_end(args);
    return false;
}

static bool next_token(struct reader *r, mpack_token_t *token)
{
    int status = r->left ? mpack_read(&r->tokens, &r->at, &r->left, token) : MPACK_EOF;
    if (status == MPACK_OK)
        return true;
    return fail(r, status == MPACK_EOF ? "the text ends inside a value" : "not a MessagePack value");
}

static bool is_key_expected(const struct reader *r)
{
    const struct frame *frame = r->depth ? &r->frames[r->depth - 1] : NULL;
    return frame && frame->is_map && frame->left % 2 == 0;
}

static bool put_string(struct reader *r, size_t length)
{
    if (length > r->left)
        return fail(r, "the text ends inside a string of %zu bytes", length);
    data_tape_put_string(r->tape, r->at, length);
    r->at += length;
    r->left -= length;
    mpack_tokbuf_init(&r->tokens); /* it would hand out the bytes as tokens */
    return true;
}

static bool open_nested(struct reader *r, bool is_map, size_t count)
{
    if (r->depth == DATA_MAX_DEPTH)
        return fail(r, "nested deeper than %d levels", DATA_MAX_DEPTH);
    if (is_key_expected(r))
        return fail(r, "a map key must not be a list or map");
    size_t values = is_map ? count * 2 : count;
    if (values > r->left)
        return fail(r, "the text ends inside a %s of %zu", is_map ? "map" : "list", count);
    size_t open = data_tape_open(r->tape, is_map ? DATA_MAP : DATA_LIST);
    r->frames[r->depth++] = (struct frame){.open = open, .count = count, .left = values, .is_map = is_map};
    return true;
}

static bool put_number(struct reader *r, mpack_token_t token)
{
    double number;
    switch (token.type) {
    case MPACK_TOKEN_UINT:
        data_tape_put_unsigned(r->tape, mpack_unpack_uint(token));
        return true;
    case MPACK_TOKEN_SINT:
        data_tape_put_integer(r->tape, mpack_unpack_sint(token));
        return true;
    default:
        number = mpack_unpack_float(token);
        if (isnan(number) && is_key_expected(r))
            return fail(r, "a map key must not be NaN");
        data_tape_put_number(r->tape, number);
        return true;
    }
}

static bool put_token(struct reader *r, mpack_token_t token)
{
    switch (token.type) {
    case MPACK_TOKEN_NIL:
        if (is_key_expected(r))
            return fail(r, "a map key must not be nil");
        data_tape_put(r->tape, DATA_NULL);
        return true;
    case MPACK_TOKEN_BOOLEAN:
        data_tape_put(r->tape, mpack_unpack_boolean(token) ? DATA_TRUE : DATA_FALSE);
        return true;
    case MPACK_TOKEN_UINT:
    case MPACK_TOKEN_SINT:
    case MPACK_TOKEN_FLOAT:
        return put_number(r, token);
    case MPACK_TOKEN_STR:
    case MPACK_TOKEN_BIN:
        return put_string(r, token.length);
    case MPACK_TOKEN_ARRAY:
    case MPACK_TOKEN_MAP:
        return open_nested(r, token.type == MPACK_TOKEN_MAP, token.length);
    case MPACK_TOKEN_EXT:
        return fail(r, "extension types are not supported (type %d)", (int8_t)token.data.ext_type);
    default:
        return fail(r, "not a MessagePack value");
    }
}

/* Closes what is complete. */
static void close_nested(struct reader *r)
{
    while (r->depth > 0 && r->frames[r->depth - 1].left == 0) {
        const struct frame *frame = &r->frames[--r->depth];
        data_tape_close(r->tape, frame->open, frame->count);
    }
}

static bool msgpack_parse(struct data_tape *tape, struct data_error *error)
{
    struct reader r = {.tape = tape, .error = error, .at = tape->text, .left = tape->length};
    mpack_tokbuf_init(&r.tokens);
    data_tape_begin(tape);
    do {
        mpack_token_t token;
        if (!next_token(&r, &token))
            return false;
        struct frame *frame = r.depth ? &r.frames[r.depth - 1] : NULL;
        if (!put_token(&r, token))
            return false;
        if (frame)
            frame->left--;
        close_nested(&r);
    } while (r.depth > 0);
    if (r.left > 0)
        return fail(&r, "%zu bytes follow the value", r.left);
    return data_tape_end(tape) || fail(&r, "out of memory");
}

const struct data_format msgpack_format = {.name = "MessagePack", .at_once = 64 * 1024, .parse = msgpack_parse};

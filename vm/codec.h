/* SPDX-License-Identifier: MIT */
/*
 * codec: Lua values to a flat byte string and back. Shared references and cycles within one encoding are kept; integers stay
 * integers; functions, threads, userdata (error objects and types excepted) and metatables are dropped (spec section 3).
 *
 * Both directions are resumable: they keep their cursor in a struct that lives in a userdata and on the Lua stack of the
 * calling C function, and return CODEC_MORE when the slice is over budget. Small values never need that.
 */
#ifndef VM_CODEC_H
#define VM_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

enum codec_status {
    CODEC_OK = 0,
    CODEC_MORE,    /* over budget: call again */
    CODEC_DEPTH,   /* nested deeper than CODEC_MAX_DEPTH */
    CODEC_SIZE,    /* larger than the limit */
    CODEC_MEMORY,  /* out of memory outside the Lua heap */
    CODEC_CORRUPT, /* decode: not something encode made */
    CODEC_CYCLE    /* vm/plain: a table that contains itself */
};

enum { CODEC_MAX_DEPTH = 128, CODEC_MAX_BYTES = 16 * 1024 * 1024 };

/* One line for people: "value nested deeper than 128 levels". */
const char *codec_message(enum codec_status status);

/* A growable byte string; malloc memory. */
struct codec_bytes {
    unsigned char *data;
    size_t length, capacity;
};
void codec_bytes_free(struct codec_bytes *bytes);

/*
 * Appends the `count` values from stack index `first` on, never yielding: for small values and places that cannot yield. On
 * failure the bytes are as before. The Lua stack is unchanged. Uses at most CODEC_MAX_BYTES.
 */
enum codec_status codec_encode(lua_State *L, int first, int count, struct codec_bytes *out);

/*
 * As codec_encode, but gives up with CODEC_MORE (and `out` as before) once the slice is over its time, at which it looks every 4,096 table
 * entries. Hot paths call it first and take the resumable form only then.
 */
enum codec_status codec_try_encode(lua_State *L, int first, int count, struct codec_bytes *out);

/*
 * Resumable form: codec_encoder_new pushes a userdata that holds the cursor (and owns the bytes; a native finalizer frees them if abandoned).
 * codec_encoder_run is called until it does not return CODEC_MORE; the values and the userdata stay at the same stack indices
 * meanwhile, and what run leaves above the stack top it found must be left alone until the next run. On CODEC_OK the bytes are appended to
 * `out`, on failure it is as before; either way the stack top is what the first run found.
 */
struct codec_encoder;
struct codec_encoder *codec_encoder_new(lua_State *L, int first, int count);
enum codec_status codec_encoder_run(lua_State *L, struct codec_encoder *encoder, struct codec_bytes *out);

/* How many top-level values the encoding holds, or -1 if it is corrupt at its head. */
int codec_count(const void *data, size_t length);

/* Pushes all top-level values, never yielding; *count of them. Checks the Lua stack. On failure nothing is pushed. */
enum codec_status codec_decode(lua_State *L, const void *data, size_t length, int *count);

/* Resumable form, as above; `data` must stay valid (the caller anchors it). On CODEC_OK the values are on top of the stack. */
struct codec_decoder;
struct codec_decoder *codec_decoder_new(lua_State *L, const void *data, size_t length);
enum codec_status codec_decoder_run(lua_State *L, struct codec_decoder *decoder, int *count);

/* ---- encodings seen and made from C, without a lua_State ---- */

/* clang-format off */
enum codec_tag { CODEC_NIL, CODEC_BOOLEAN, CODEC_INTEGER, CODEC_NUMBER, CODEC_STRING, CODEC_TABLE, CODEC_ERROR, CODEC_TYPE };
/* clang-format on */

/* A top-level value; strings point into the encoding. */
struct codec_view {
    enum codec_tag tag;
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            const char *data;
            size_t length;
        } string; /* CODEC_STRING; CODEC_ERROR: the message */
        struct {
            uint32_t narr, nhash;
        } table;
    };
    const char *kind; /* CODEC_ERROR: kind text (vm/error.h), points into the encoding, no NUL */
    size_t kind_length;
    int8_t retryable; /* CODEC_ERROR: 1, 0, or -1 unknown */
};

/* Views top-level value number `index` (from 0). False: not there or corrupt. */
bool codec_view(const void *data, size_t length, int index, struct codec_view *out);

/* An entry of a table with string keys: the value bare, without the head of an encoding, and what codec_view would say of it. */
struct codec_field {
    const char *key; /* no NUL */
    size_t key_length;
    const unsigned char *value;
    size_t length;
    struct codec_view view;
};

/* Walks the entries of an encoding of one table with string keys and no references (plain_encode_fields of vm/plain.h makes such). */
struct codec_fields {
    const unsigned char *at, *end;
    uint32_t left; /* entries to come */
};

/* False: not such an encoding. */
bool codec_fields_begin(struct codec_fields *fields, const void *data, size_t length);
/* The next entry; false: there is none, or it is corrupt and `left` is not 0. */
bool codec_fields_next(struct codec_fields *fields, struct codec_field *out);

/* The entries of a field that is such a table itself; the values of one that is a list. False: it is not. */
bool codec_fields_enter(struct codec_fields *fields, const struct codec_field *field);
bool codec_items_enter(struct codec_fields *items, const struct codec_field *field);
/* The next value, as codec_fields_next. */
bool codec_items_next(struct codec_fields *items, struct codec_view *out);

/* Reads an encoding without references value by value: what follows a table are its narr values, then its nhash keys, each with its value. */
struct codec_walk {
    const unsigned char *at, *end;
    uint64_t owed; /* values to come, as far as they have been announced */
};
bool codec_walk_begin(struct codec_walk *walk, const void *data, size_t length);
/* False: that was all (then owed is 0), or it is corrupt or has references. */
bool codec_walk_next(struct codec_walk *walk, struct codec_view *out);

/* Writers: one encoding = codec_begin, then `count` values one after the other. False when memory is out. */
bool codec_begin(struct codec_bytes *out, int count);
bool codec_put_nil(struct codec_bytes *out);
bool codec_put_boolean(struct codec_bytes *out, bool value);
bool codec_put_integer(struct codec_bytes *out, int64_t value);
bool codec_put_number(struct codec_bytes *out, double value);
bool codec_put_string(struct codec_bytes *out, const char *data, size_t length);
/* A table of `narr` values followed by `nhash` key/value pairs, written next. */
bool codec_put_table(struct codec_bytes *out, uint32_t narr, uint32_t nhash);
/* retryable: 1, 0, -1 unknown. */
bool codec_put_error(struct codec_bytes *out, const char *kind, const char *message, int retryable);
bool codec_put_error_text(struct codec_bytes *out, const char *kind, const char *message, size_t length, int retryable);

#endif

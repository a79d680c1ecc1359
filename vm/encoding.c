/* SPDX-License-Identifier: MIT */
/* encoding: see encoding.h. Scratch bytes belong to the worker; after an error they are simply overwritten by the next user. */
#include "vm/encoding.h"

#include "sched/base/compiler.h"
#include "vm/codec_write.h"
#include "vm/fiber.h"
#include "vm/flat.h"
#include "vm/keys.h"
#include "vm/scalars.h"
#include "vm/state.h"
#include "vm/vm_struct.h"

/* From DECODE_RESUMABLE on decoding keeps a cursor; smaller encodings take less than the clock is worth. */
enum { KEEP_SCRATCH = 64 * 1024, DECODE_RESUMABLE = 4096 };

/* At once; CODEC_MORE: it is too much for that. */
static enum codec_status encode_to_scratch(lua_State *L, int first, int count, struct codec_bytes *out)
{
    struct codec_bytes *scratch = &vm_local(state_vm(L))->scratch;
    scratch->length = 0;
    enum codec_status status = CODEC_OK;
    if (!codec_bytes_reserve(scratch, SCALARS_BYTES))
        return CODEC_MEMORY;
    size_t length = scalars_encode(L, first, count, scratch->data);
    if (length == 0) {
        status = codec_try_encode(L, first, count, scratch);
        length = scratch->length;
    }
    *out = (struct codec_bytes){.data = scratch->data, .length = length, .capacity = scratch->capacity};
    return status;
}

enum codec_status encoding_run(lua_State *L, int first, int count, int top, struct codec_bytes *out)
{
    struct codec_encoder *encoder = lua_gettop(L) > top ? lua_touserdata(L, top + 1) : NULL;
    if (!encoder) {
        enum codec_status status = encode_to_scratch(L, first, count, out);
        if (status != CODEC_MORE)
            return status;
        *out = (struct codec_bytes){0};
        encoder = codec_encoder_new(L, first, count);
    }
    enum codec_status status = codec_encoder_run(L, encoder, out);
    while (status == CODEC_MORE && !state_can_yield(L)) {
        state_check(L);
        status = codec_encoder_run(L, encoder, out);
    }
    return status;
}

void encoding_done(lua_State *L, struct codec_bytes *bytes)
{
    struct codec_bytes *scratch = &vm_local(state_vm(L))->scratch;
    if (bytes->data != scratch->data)
        codec_bytes_free(bytes);
    else if (scratch->capacity > KEEP_SCRATCH)
        codec_bytes_free(scratch);
    *bytes = (struct codec_bytes){0};
}

static int push_bytes(lua_State *L)
{
    const struct codec_bytes *bytes = lua_touserdata(L, 1);
    lua_pushlstring(L, (const char *)bytes->data, bytes->length);
    return 1;
}

void encoding_push(lua_State *L, struct codec_bytes *bytes)
{
    lua_pushcfunction(L, push_bytes); /* protected, for they may be malloc'd */
    lua_pushlightuserdata(L, bytes);
    int status = lua_pcall(L, 1, 1, 0);
    encoding_done(L, bytes);
    if (status != LUA_OK)
        lua_error(L);
}

bool encoding_decode_flat(lua_State *L, const void *data, size_t length)
{
    struct state *state = state_of(L);
    enum flat_result got = flat_decode(L, state->keys, data, length);
    if (likely(got == FLAT_KNOWN)) {
        state->strange = 0;
    } else if (got == FLAT_STRANGE && ++state->strange >= keys_patience(state->keys)) {
        state->strange = 0;
        keys_learn(L, &state->keys, data, length);
    }
    return got != FLAT_NOT;
}

enum codec_status encoding_decode(lua_State *L, const void *data, size_t length, int top, int *count)
{
    if (length < DECODE_RESUMABLE)
        return codec_decode(L, data, length, count);
    struct codec_decoder *decoder = lua_gettop(L) > top ? lua_touserdata(L, top + 1) : NULL;
    if (!decoder)
        decoder = codec_decoder_new(L, data, length);
    enum codec_status status = codec_decoder_run(L, decoder, count);
    while (status == CODEC_MORE && !state_can_yield(L)) {
        state_check(L);
        status = codec_decoder_run(L, decoder, count);
    }
    if (status != CODEC_MORE)
        lua_remove(L, top + 1);
    return status;
}

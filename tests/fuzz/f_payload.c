/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * f_payload: any bytes but the first as YAML or MessagePack (which of them the first says), in a process of a whole VM: an error, or a value that is
 * written, read and written again without a change.
 */
#include "tests/unit/vm_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char program[] =
    "return function(text, which)\n"
    "  local f = payload.format\n"
    "  local format = which and f.YAML or f.MSGPACK\n"
    "  local p, err = payload.new(text):transcode(f.BYTES):transcode(format)\n"
    "  if not p then\n"
    "    assert(err:kind() == errors.INTERNAL and #err:message() > 20)\n"
    "    return\n"
    "  end\n"
    "  local value, failure = p:data()\n"
    "  assert(failure == nil)\n"
    "  local q = payload.new(value):transcode(format)\n" /* not holes, nor keys that are no strings */
    "  if not q then return end\n"
    "  local second = q:data()\n"
    "  local again = assert(payload.new(second):transcode(format))\n"
    "  assert(again:transcode(f.STRING):data() == q:transcode(f.STRING):data())\n"
    "  local other = assert(q:transcode(f.JSON))\n"
    "  assert(other:transcode(f.STRING):data() == payload.new(second):transcode(f.JSON):transcode(f.STRING):data())\n"
    "end\n";

static struct rig *open_rig(void)
{
    static struct rig rig;
    static bool is_open;
    if (!is_open) {
        is_open = true;
        rig_open(&rig, &(struct rig_options){.workers = 1});
        rig_add(&rig, "t:payload", program);
    }
    return &rig;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rig *rig = open_rig();
    struct codec_bytes args = {0};
    if (size == 0)
        return 0;
    if (!codec_begin(&args, 2) || !codec_put_string(&args, (const char *)data + 1, size - 1) ||
        !codec_put_boolean(&args, data[0] & 1))
        abort();
    const struct rig_result *result = rig_run_with(rig, "t:payload", args.data, args.length);
    codec_bytes_free(&args);
    if (result->failed)
        rig_die("%s", result->error.message);
    return 0;
}

/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * f_json: any bytes as JSON, in a process of a whole VM. What the library accepts is what a second, small parser below accepts; what was
 * read is written, read and written again without a change.
 */
#include <math.h>

#include "stdlib/unicode.h"
#include "tests/unit/vm_rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- the second parser: RFC 8259, 128 levels, numbers that fit a double ---- */

enum { LEVELS = 128 };

struct text {
    const char *at; /* a NUL follows the text */
    const char *end;
    int level;
};

static bool parse_value(struct text *t);

static void skip(struct text *t)
{
    while (*t->at && strchr(" \t\r\n", *t->at))
        t->at++;
}

/* The character, after blanks. */
static bool take(struct text *t, char c)
{
    skip(t);
    if (*t->at != c || t->at == t->end)
        return false;
    t->at++;
    return true;
}

static bool parse_digits(struct text *t)
{
    const char *start = t->at;
    while (*t->at >= '0' && *t->at <= '9')
        t->at++;
    return t->at > start;
}

static bool parse_number(struct text *t)
{
    const char *start = t->at;
    t->at += *t->at == '-';
    if (*t->at == '0')
        t->at++;
    else if (!parse_digits(t))
        return false;
    if (*t->at == '.' && (t->at++, !parse_digits(t)))
        return false;
    if (*t->at == 'e' || *t->at == 'E') {
        t->at++;
        t->at += *t->at == '+' || *t->at == '-';
        if (!parse_digits(t))
            return false;
    }
    return !isinf(strtod(start, NULL));
}

static bool parse_escape(struct text *t)
{
    t->at++;
    if (*t->at != 'u')
        return *t->at && strchr("\"\\/bfnrt", *t->at) && t->at++;
    for (int i = 1; i <= 4; i++)
        if (!t->at[i] || !strchr("0123456789abcdefABCDEF", t->at[i]))
            return false;
    t->at += 5;
    return true;
}

static bool parse_string(struct text *t)
{
    if (!take(t, '"'))
        return false;
    while (t->at < t->end && *t->at != '"') {
        size_t length = unicode_sequence((const unsigned char *)t->at, (size_t)(t->end - t->at));
        if (*t->at == '\\') {
            if (!parse_escape(t))
                return false;
        } else if (length == 0 || (unsigned char)*t->at < 0x20) {
            return false;
        } else {
            t->at += length;
        }
    }
    return take(t, '"');
}

static bool parse_items(struct text *t, bool is_map, char close)
{
    if (++t->level > LEVELS)
        return false;
    t->at++;
    if (take(t, close))
        return t->level--, true;
    do {
        if (is_map && (!parse_string(t) || !take(t, ':')))
            return false;
        if (!parse_value(t))
            return false;
    } while (take(t, ','));
    t->level--;
    return take(t, close);
}

static bool parse_word(struct text *t, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(t->at, word, length) != 0)
        return false;
    t->at += length;
    return true;
}

static bool parse_value(struct text *t)
{
    skip(t);
    switch (*t->at) {
    case '{':
        return parse_items(t, true, '}');
    case '[':
        return parse_items(t, false, ']');
    case '"':
        return parse_string(t);
    case 't':
        return parse_word(t, "true");
    case 'f':
        return parse_word(t, "false");
    case 'n':
        return parse_word(t, "null");
    default:
        return parse_number(t);
    }
}

static bool is_json(const char *text, size_t length)
{
    struct text t = {.at = text, .end = text + length};
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        t.at += 3;
    if (!parse_value(&t))
        return false;
    skip(&t);
    return t.at == t.end;
}

/* ---- the library ---- */

static const char program[] =
    "return function(text)\n"
    "  local f = payload.format\n"
    "  local p, err = payload.new(text):transcode(f.BYTES):transcode(f.JSON)\n"
    "  if not p then\n"
    "    assert(err:kind() == errors.INTERNAL and #err:message() > 20)\n"
    "    return false\n"
    "  end\n"
    "  local value, failure = p:data()\n"
    "  assert(failure == nil)\n"
    "  local q = payload.new(value):transcode(f.JSON)\n" /* nulls in arrays are holes, which are not written */
    "  if not q then assert(text:find('null', 1, true)) return true end\n"
    "  q = payload.new(q:data()):transcode(f.JSON)\n" /* -0.0 has become 0 */
    "  local again = payload.new(q:data()):transcode(f.JSON)\n"
    "  assert(again:transcode(f.STRING):data() == q:transcode(f.STRING):data())\n"
    "  return true\n"
    "end\n";

static struct rig *open_rig(void)
{
    static struct rig rig;
    static bool is_open;
    if (!is_open) {
        is_open = true;
        rig_open(&rig, &(struct rig_options){.workers = 1});
        rig_add(&rig, "t:json", program);
    }
    return &rig;
}

static bool is_accepted(const char *text, size_t length)
{
    struct rig *rig = open_rig();
    struct codec_bytes args = {0};
    if (!codec_begin(&args, 1) || !codec_put_string(&args, text, length))
        abort();
    const struct rig_result *result = rig_run_with(rig, "t:json", args.data, args.length);
    codec_bytes_free(&args);
    if (result->failed)
        rig_die("%s", result->error.message);
    return rig_value(result).boolean;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = 0;
    bool expected = is_json(text, size);
    if (is_accepted(text, size) != expected)
        rig_die("the two parsers disagree: this one %s '%.200s'", expected ? "takes" : "refuses", text);
    free(text);
    return 0;
}

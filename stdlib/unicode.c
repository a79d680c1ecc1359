/* SPDX-License-Identifier: MIT */
/* unicode: see unicode.h. */
#include "stdlib/unicode.h"

size_t unicode_sequence(const unsigned char *p, size_t left)
{
    static const unsigned char first_low[] = {[0xe0 - 0xc0] = 0xa0, [0xf0 - 0xc0] = 0x90, [0xf4 - 0xc0] = 0};
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (length > left)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if (length >= 3 && p[0] - 0xc0u < sizeof(first_low) && p[1] < first_low[p[0] - 0xc0u])
        return 0;
    if ((p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return length;
}

bool unicode_is_text(const char *data, size_t length)
{
    const unsigned char *p = (const unsigned char *)data, *end = p + length;
    while (p < end) {
        size_t step = *p < 0x80 ? 1 : unicode_sequence(p, (size_t)(end - p));
        if (step == 0)
            return false;
        p += step;
    }
    return true;
}

/* SPDX-License-Identifier: MIT */
/*
 * pid: see pid.h. Every send reads the text of a PID. Digit by digit that took a twelfth of a message, half of it for the one
 * mispredicted end of the loop; so the last sixteen characters are looked at as two words, a character per byte; they are written so too.
 */
#include "vm/pid.h"

#include <endian.h>
#include <string.h>

enum { WORD = 8, MARK = 3 /* "|0x" */ };

#define EACH (UINT64_MAX / 255) /* a 1 in every byte */

static const char digits[] = "0123456789abcdef";

/* The eight digits of a number, a value per byte, the least significant first. */
static uint64_t spread(uint64_t number)
{
    number = (number | number << 16) & 0x0000ffff0000ffff;
    number = (number | number << 8) & 0x00ff00ff00ff00ff;
    return (number | number << 4) & EACH * 15;
}

static void write_digits(uint32_t number, char *text)
{
    uint64_t values = spread(number), letters = (values + EACH * 6) >> 4 & EACH;
    uint64_t word = htobe64(values + EACH * '0' + letters * ('a' - '0' - 10));
    memcpy(text, &word, WORD);
}

size_t pid_write_number(uint64_t number, char text[static 2 * WORD])
{
    unsigned count = number ? (67 - (unsigned)__builtin_clzll(number)) / 4 : 1;
    number <<= 64 - 4 * count;
    write_digits((uint32_t)(number >> 32), text);
    write_digits((uint32_t)number, text + WORD);
    return count;
}

/* The value of each digit in its place; in *bad the bytes that are no digits are not 0. */
static uint64_t values_of(const char *text, uint64_t *bad)
{
    uint64_t word;
    memcpy(&word, text, WORD);
    word = le64toh(word);
    uint64_t values = (word & EACH * 15) + (word >> 6 & EACH) * 9; /* letters have that bit */
    uint64_t letters = (values + EACH * 6) >> 4 & EACH;
    *bad = ((values + EACH * '0' + letters * ('a' - '0' - 10)) ^ word) | (values & EACH * 0xf0);
    return values;
}

/* Eight values, the first the most significant, as one number. */
static uint64_t packed(uint64_t values)
{
    values = (values << 4 | values >> 8) & 0x00ff00ff00ff00ff;
    values = (values << 8 | values >> 16) & 0x0000ffff0000ffff;
    return (values << 16 | values >> 32) & 0xffffffff;
}

/* Up to sixteen digits that end at `end`, not before `begin`; returns how many. For short texts, which no process has. */
static unsigned read_few(const char *begin, const char *end, uint64_t *number)
{
    unsigned count = 0;
    *number = 0;
    for (const char *digit; count < 2 * WORD && end - begin > count; count++) {
        digit = memchr(digits, end[-1 - (int)count], sizeof digits - 1);
        if (!digit)
            break;
        *number |= (uint64_t)(digit - digits) << 4 * count;
    }
    return count;
}

/* The same for all texts. */
static unsigned read_number(const char *begin, const char *end, uint64_t *number)
{
    uint64_t bad, bad_high;
    if (end - begin < 2 * WORD)
        return read_few(begin, end, number);
    uint64_t low = values_of(end - WORD, &bad), high = values_of(end - 2 * WORD, &bad_high);
    if (bad)
        return read_few(begin, end, number);
    unsigned more = bad_high ? (unsigned)__builtin_clzll(bad_high) / 8 : WORD;
    high = more ? high >> (64 - 8 * more) << (64 - 8 * more) : 0;
    *number = packed(high) << 32 | packed(low);
    return WORD + more;
}

size_t pid_read_number(const char *text, size_t length, uint64_t *number)
{
    const char *end = text + length - 1;
    unsigned count = read_number(text, end, number);
    size_t before = length - 1 - count;
    if (count == 0 || before < MARK || memcmp(text + before - MARK, "|0x", MARK) != 0)
        return 0;
    return before - MARK;
}

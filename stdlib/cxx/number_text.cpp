/* SPDX-License-Identifier: MIT */
/*
 * number_text: see number_text.h. Digits are std::to_chars's; which notation is used is what JavaScript and Go do for JSON: plain
 * between 1e-6 and 1e21. Plain notation within these bounds takes at most 25 characters, the other 24.
 */
#include "stdlib/cxx/number_text.h"

#include <charconv>
#include <cmath>
#include <cstring>

/* 1e-07 -> 1e-7: at most one zero stands there, for exponents have two or three digits. */
static char *strip_exponent(char *text, char *end)
{
    if (end - text < 4 || end[-4] != 'e' || end[-2] != '0')
        return end;
    end[-2] = end[-1];
    return end - 1;
}

size_t number_text_float(char text[NUMBER_TEXT_MAX], double value)
{
    double size = std::fabs(value);
    bool plain = size == 0 || (size >= 1e-6 && size < 1e21);
    auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
    char *end = std::to_chars(text, text + NUMBER_TEXT_MAX, value, format).ptr;
    return static_cast<size_t>((plain ? end : strip_exponent(text, end)) - text);
}

size_t number_text_integer(char text[NUMBER_TEXT_MAX], int64_t value)
{
    return static_cast<size_t>(std::to_chars(text, text + NUMBER_TEXT_MAX, value).ptr - text);
}

/* SPDX-License-Identifier: MIT */
/* regex: see regex.h. */
#include "stdlib/cxx/regex.h"

#include <cstdio>

#include <re2/re2.h>

struct regex {
    RE2 re;
    regex(const re2::StringPiece &pattern, const RE2::Options &options) : re(pattern, options)
    {
    }
};

struct regex *regex_new(const char *pattern, size_t length, size_t memory, char *problem, size_t size)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(static_cast<int64_t>(memory));
    regex *made = new regex(re2::StringPiece(pattern, length), options);
    if (made->re.ok())
        return made;
    std::snprintf(problem, size, "%s", made->re.error().c_str());
    delete made;
    return nullptr;
}

void regex_free(struct regex *regex)
{
    delete regex;
}

bool regex_matches(const struct regex *regex, const char *text, size_t length)
{
    return RE2::PartialMatch(re2::StringPiece(text, length), regex->re);
}

size_t regex_steps(const struct regex *regex)
{
    return static_cast<size_t>(regex->re.ProgramSize());
}

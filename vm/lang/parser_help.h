/* SPDX-License-Identifier: MIT */
/* parser_help: better words for common mistakes. */
#ifndef LANG_PARSER_HELP_H
#define LANG_PARSER_HELP_H

#include <stdbool.h>

#include "vm/lang/ast_type.h"

struct parser;

struct parser_advice {
    const char *message; /* instead of the usual one, or NULL */
    const char *help;
    struct ast_span span;
};

/* What is probably meant where the parser cannot go on, having `what` to say ("'then' expected"); false: no idea. */
bool parser_advise(struct parser *p, const char *what, struct parser_advice *advice);

#endif

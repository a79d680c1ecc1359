/* SPDX-License-Identifier: MIT */
/* parser_brace: types in braces and parentheses, for parser_type.c. */
#ifndef LANG_PARSER_BRACE_H
#define LANG_PARSER_BRACE_H

struct ast_type;
struct parser;

/* ( type ) or ( parameters ) -> result */
struct ast_type *parser_paren_type(struct parser *p);
/* fun ( parameters ) [: result] */
struct ast_type *parser_fun_type(struct parser *p);
/* Goes on behind the first operand of a type. */
struct ast_type *parser_type_rest(struct parser *p, struct ast_type *type);

#endif

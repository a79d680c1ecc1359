/* SPDX-License-Identifier: MIT */
/* parser_help: common slips, most of them from other languages, seen from the tokens around the place of the error. */
#include "vm/lang/parser_help.h"

#include <string.h>

#include "vm/lang/parser_struct.h"

struct slip {
    uint8_t first, second; /* enum token_kind; with nothing between them */
    const char *message, *help;
};

static const struct slip slips[] = {
    {TOKEN_BANG, TOKEN_ASSIGN, "Lua has no '!='", "write '~='"},
    {TOKEN_BANG, TOKEN_EQUAL, "Lua has no '!=='", "write '~='"},
    {TOKEN_AMPERSAND, TOKEN_AMPERSAND, "Lua has no '&&'", "write 'and'"},
    {TOKEN_PIPE, TOKEN_PIPE, "Lua has no '||'", "write 'or'"},
    {TOKEN_PLUS, TOKEN_PLUS, "Lua has no '++'", "write 'x = x + 1'"},
    {TOKEN_PLUS, TOKEN_ASSIGN, "Lua has no '+='", "write 'x = x + y'"},
    {TOKEN_MINUS, TOKEN_ASSIGN, "Lua has no '-='", "write 'x = x - y'"},
    {TOKEN_STAR, TOKEN_ASSIGN, "Lua has no '*='", "write 'x = x * y'"},
    {TOKEN_SLASH, TOKEN_ASSIGN, "Lua has no '/='", "write 'x = x / y' (or '~=' to compare)"},
    {TOKEN_FLOOR_SLASH, TOKEN_ASSIGN, "Lua has no '//='", "write 'x = x // y'"},
    {TOKEN_PERCENT, TOKEN_ASSIGN, "Lua has no '%='", "write 'x = x % y'"},
    {TOKEN_CARET, TOKEN_ASSIGN, "Lua has no '^='", "write 'x = x ^ y'"},
    {TOKEN_CONCAT, TOKEN_ASSIGN, "Lua has no '..='", "write 'x = x .. y'"},
    {TOKEN_AMPERSAND, TOKEN_ASSIGN, "Lua has no '&='", "write 'x = x & y'"},
    {TOKEN_PIPE, TOKEN_ASSIGN, "Lua has no '|='", "write 'x = x | y'"},
    {TOKEN_SHIFT_LEFT, TOKEN_ASSIGN, "Lua has no '<<='", "write 'x = x << y'"},
    {TOKEN_SHIFT_RIGHT, TOKEN_ASSIGN, "Lua has no '>>='", "write 'x = x >> y'"},
    {TOKEN_ASSIGN, TOKEN_GREATER, "Lua has no '=>'",
     "to compare write '>='; a function is written 'function(a) return b end', its type '(A) -> B'"},
};

struct foreign {
    const char *word, *message, *help;
};

/* Words that begin a statement elsewhere. */
static const struct foreign foreigners[] = {
    {"continue", "Lua has no 'continue'",
     "write 'goto continue' and put the label '::continue::' before the 'end' of the loop"},
    {"elif", "Lua has no 'elif'", "write 'elseif'"},
    {"elsif", "Lua has no 'elsif'", "write 'elseif'"},
    {"elseIf", "Lua has no 'elseIf'", "write 'elseif'"},
    {"let", "Lua has no 'let'", "write 'local'"},
    {"var", "Lua has no 'var'", "write 'local'"},
    {"const", "Lua has no 'const'", "write 'local'"},
    {"func", "Lua has no 'func'", "write 'function'"},
    {"fn", "Lua has no 'fn'", "write 'function'"},
    {"def", "Lua has no 'def'", "write 'function'"},
    {"export", "there is no 'export'",
     "write 'type Name = ...'; types of the outermost block are visible to importers"},
    {"import", "Lua has no 'import'", "write 'local name = require(\"name\")'"},
};

static bool find_slip(const struct token *first, const struct token *second, struct parser_advice *advice)
{
    if (first->end != second->start || !first->end)
        return false;
    for (unsigned i = 0; i < sizeof slips / sizeof slips[0]; i++)
        if (slips[i].first == first->kind && slips[i].second == second->kind) {
            *advice = (struct parser_advice){slips[i].message, slips[i].help, {first->start, second->end}};
            return true;
        }
    return false;
}

static bool find_foreign(const struct parser *p, const struct token *token, struct parser_advice *advice)
{
    if (token->kind != TOKEN_NAME || token->start != p->statement_start)
        return false;
    for (unsigned i = 0; i < sizeof foreigners / sizeof foreigners[0]; i++)
        if (!strcmp(foreigners[i].word, token->word->text)) {
            *advice = (struct parser_advice){foreigners[i].message, foreigners[i].help, {token->start, token->end}};
            return true;
        }
    return false;
}

/* Advice that needs no other message: for the token at which the parser stopped and what it has to say there. NULL: for any. */
struct advice {
    uint8_t kind; /* enum token_kind */
    const char *what;
    const char *help;
};

static const struct advice advices[] = {
    {TOKEN_EQUAL, "syntax error", "'==' compares; to assign write '='"},
    {TOKEN_BANG, NULL, "to negate write 'not'"},
    {TOKEN_ASSIGN, "function arguments expected", "only local variables, parameters and results have types"},
    {TOKEN_QUESTION, NULL, "Lua has no 'a ? b : c'; write 'a and b or c', or an 'if'"},
    {TOKEN_IF, "unexpected symbol", "'if' is no expression; write 'a and b or c', or an 'if' statement"},
    {TOKEN_ARROW, NULL, "the result of a function stands behind a colon: function f(a: A): B"},
    {TOKEN_COLON, "'->' expected", "the result of a function type stands behind '->': (a: A) -> B"},
    {TOKEN_DOUBLE_COLON, "'then' expected", "casts with '::' do not chain; write 'x as A as B'"},
    {TOKEN_DOUBLE_COLON, "'do' expected", "casts with '::' do not chain; write 'x as A as B'"},
    {TOKEN_DOUBLE_COLON, "')' expected", "casts with '::' do not chain; write 'x as A as B'"},
    {TOKEN_ASSIGN, "'then' expected", "to compare two values write '=='"},
    {TOKEN_ASSIGN, "'do' expected", "to compare two values write '=='"},
    {TOKEN_ASSIGN, "')' expected", "to compare two values write '=='"},
};

static const char *find_advice(const struct token *token, const char *what)
{
    for (unsigned i = 0; i < sizeof advices / sizeof advices[0]; i++)
        if (advices[i].kind == token->kind && (!advices[i].what || strstr(what, advices[i].what)))
            return advices[i].help;
    return NULL;
}

bool parser_advise(struct parser *p, const char *what, struct parser_advice *advice)
{
    struct token next = *parser_peek(p, 1);
    if (find_slip(&p->previous, &p->now, advice) || find_slip(&p->now, &next, advice) ||
        find_foreign(p, &p->previous, advice))
        return true;
    advice->help = find_advice(&p->now, what);
    if (p->now.kind == TOKEN_OTHER && p->ast->source.text[p->now.start] == '`')
        advice->help = "strings are written \"...\", '...' or [[...]]; values go in with '..' or string.format";
    return advice->help != NULL;
}

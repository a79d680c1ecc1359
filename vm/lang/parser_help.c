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
    {TOKEN_QUESTION, TOKEN_DOT, "Lua has no '?.'", "write 'a and a.b'"},
    {TOKEN_QUESTION, TOKEN_QUESTION,
     "Lua has no '?"
     "?'",
     "write 'a or b', or an 'if' where false is a value"},
    {TOKEN_SLASH, TOKEN_STAR, "Lua has no '/*'", "comments begin with '--', or stand between '--[[' and ']]'"},
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

/* ---- advice that needs no other message ---- */

struct advice {
    uint8_t kind;     /* enum token_kind, at which the parser stopped */
    const char *what; /* it has to say there, or a part of that; NULL: anything */
    const char *help;
};

#define COMPARE "to compare two values write '=='"
#define NO_CHAIN "casts with '::' do not chain; write 'x as A as B'"
#define HEADS "'then' follows 'if' and 'elseif', 'do' follows 'while' and 'for'"
#define CAST_IS_VALUE "a cast is a value, no statement and no target of one: write 'local y = x as T', 'y = x!'"
#define TYPE_MISSING "the type is missing behind 'as'"
#define PLAIN_NAMES "'local' takes plain names; what belongs to a table is written without it"

static const struct advice advices[] = {
    {TOKEN_EQUAL, "syntax error", "'==' compares; to assign write '='"},
    {TOKEN_BANG, "syntax error", CAST_IS_VALUE},
    {TOKEN_DOUBLE_COLON, "syntax error", CAST_IS_VALUE},
    {TOKEN_BANG, "unexpected symbol", "to negate write 'not'"},
    {TOKEN_ASSIGN, "function arguments expected", "only local variables, parameters and results have types"},
    {TOKEN_ASSIGN, "'then' expected", COMPARE},
    {TOKEN_ASSIGN, "'do' expected", COMPARE},
    {TOKEN_ASSIGN, "')' expected", COMPARE},
    {TOKEN_DOUBLE_COLON, "'then' expected", NO_CHAIN},
    {TOKEN_DOUBLE_COLON, "'do' expected", NO_CHAIN},
    {TOKEN_DOUBLE_COLON, "')' expected", NO_CHAIN},
    {TOKEN_QUESTION, "type expected", "an optional type is written 'T?'"},
    {TOKEN_QUESTION, "unexpected symbol", "Lua has no 'a ? b : c'; write 'a and b or c', or an 'if'"},
    {TOKEN_IF, "unexpected symbol", "'if' is no expression; write 'a and b or c', or an 'if' statement"},
    {TOKEN_ARROW, "unexpected symbol", "the result of a function stands behind a colon: function f(a: A): B"},
    {TOKEN_COLON, "'->' expected", "the result of a function type stands behind '->': (a: A) -> B"},
    {TOKEN_DO, "'then' expected", HEADS},
    {TOKEN_THEN, "'do' expected", HEADS},
    {TOKEN_COLON, "'(' expected", PLAIN_NAMES},
    {TOKEN_DOT, "'(' expected", PLAIN_NAMES},
    {TOKEN_BRACE_OPEN, "unexpected symbol", "blocks stand between words: 'then', 'do' or ')', and 'end'"},
    {TOKEN_HASH, "unexpected symbol", "comments begin with '--'"},
    {TOKEN_FLOOR_SLASH, "unexpected symbol", "comments begin with '--'"},
};

static const char *find_advice(const struct token *token, const char *what)
{
    for (unsigned i = 0; i < sizeof advices / sizeof advices[0]; i++)
        if (advices[i].kind == token->kind && (!advices[i].what || strstr(what, advices[i].what)))
            return advices[i].help;
    return NULL;
}

/* Characters that are no Lua but look like quotes. */
static const char *advise_quotes(const struct parser *p)
{
    static const char *const quotes[] = {"`", "\342\200\230", "\342\200\231", "\342\200\234", "\342\200\235"};
    const struct source *source = &p->ast->source;
    for (unsigned i = 0; i < sizeof quotes / sizeof quotes[0]; i++) {
        size_t length = strlen(quotes[i]);
        if (source->length - p->now.start >= length && !memcmp(source->text + p->now.start, quotes[i], length))
            return "strings are written \"...\", '...' or [[...]]; values go in with '..' or string.format";
    }
    return NULL;
}

/* Where a list goes on without a comma. */
static bool is_comma_missing(const struct parser *p, const char *what)
{
    bool in_braces = strstr(what, "'}' expected") == what, in_parentheses = strstr(what, "')' expected") == what;
    switch (p->now.kind) {
    case TOKEN_NAME:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_NIL:
    case TOKEN_TRUE:
    case TOKEN_FALSE:
    case TOKEN_FUNCTION:
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
        return in_braces || (in_parentheses && !p->now.is_first);
    default:
        return false;
    }
}

/* One letter more, less or other, or two swapped. */
static bool is_slip_of(const char *word, const char *right)
{
    size_t a = strlen(word), b = strlen(right), i = 0;
    while (i < a && word[i] == right[i])
        i++;
    while (a > i && b > i && word[a - 1] == right[b - 1])
        a--, b--;
    if (a - i == 2 && b - i == 2)
        return word[i] == right[i + 1] && word[i + 1] == right[i];
    return a - i <= 1 && b - i <= 1;
}

/* Where a name stands alone as a statement: is it behind `x :: A ::`, read as a label of Lua? */
static bool is_behind_colons(const struct parser *p)
{
    const char *text = p->ast->source.text;
    uint32_t at = p->statement_start;
    while (at && (text[at - 1] == ' ' || text[at - 1] == '\t'))
        at--;
    return at > 1 && text[at - 1] == ':' && text[at - 2] == ':';
}

/* The first of two words where a statement begins was to be something else. */
static const char *advise_first_word(const struct parser *p)
{
    static const char *const words[] = {"local", "function", "return", "while", "repeat", "goto"};
    const struct word *first = p->previous.word;
    if (first->context == WORD_INTERFACE)
        return "an interface is 'interface Name', methods, 'end'; a record is 'type Name = {...}'";
    if (first->context == WORD_TYPE)
        return "types are declared as 'type Name = ...'";
    if (first->context == WORD_AS)
        return CAST_IS_VALUE;
    if (first->context == WORD_IS)
        return "what a function makes sure of is written 'function f(x): asserts x is T'";
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++)
        if (is_slip_of(first->text, words[i]))
            return arena_printf(p->arena, "'%s' may be meant", words[i]);
    return NULL;
}

/* At the second token of a statement, which began with a name. */
static const char *advise_statement(struct parser *p)
{
    if (parser_is_context(p, WORD_AS))
        return CAST_IS_VALUE;
    if (p->previous.kind != TOKEN_NAME || p->previous.start != p->statement_start)
        return NULL;
    enum word_context first = p->previous.word->context;
    if (first == WORD_TYPE && parser_is_keyword(&p->now) && parser_peek(p, 1)->kind == TOKEN_ASSIGN)
        return "words of the language cannot be names of types";
    if (!p->previous.is_first && is_behind_colons(p))
        return NO_CHAIN;
    if (p->now.kind == TOKEN_NAME)
        return advise_first_word(p);
    return first == WORD_AS && !p->previous.is_first ? TYPE_MISSING : NULL;
}

/* What stands at the beginning of a statement but can only go on with one. */
static const char *advise_beginning(const struct parser *p)
{
    if (p->now.start != p->statement_start)
        return NULL;
    if (p->now.kind == TOKEN_OR || p->now.kind == TOKEN_AND)
        return "types are joined with '|' and '&'";
    return p->now.kind == TOKEN_DOT && p->previous.kind == TOKEN_NAME ? PLAIN_NAMES : NULL;
}

/* By what stands behind it. */
static bool is_keyword_as_name(struct parser *p)
{
    switch (parser_peek(p, 1)->kind) {
    case TOKEN_ASSIGN:
    case TOKEN_COMMA:
    case TOKEN_COLON:
    case TOKEN_DOT:
    case TOKEN_PAREN_OPEN:
    case TOKEN_PAREN_CLOSE:
        return parser_is_keyword(&p->now);
    default:
        return false;
    }
}

static const char *find_help(struct parser *p, const char *what)
{
    const char *help = NULL;
    if (p->now.kind == TOKEN_BANG && p->now.start == p->statement_start && p->now.start == p->previous.end)
        help = CAST_IS_VALUE;
    if (!help)
        help = find_advice(&p->now, what);
    if (!help && strstr(what, "<name>") && is_keyword_as_name(p))
        help = "words of the language cannot be names";
    if (!help && p->now.kind == TOKEN_OTHER)
        help = advise_quotes(p);
    if (!help && !strcmp(what, "syntax error"))
        help = advise_statement(p);
    if (!help && !strcmp(what, "unexpected symbol"))
        help = advise_beginning(p);
    if (!help && parser_is_context(p, WORD_AS) && strstr(what, "expected"))
        help = TYPE_MISSING;
    if (!help && is_comma_missing(p, what))
        help = "a ',' may be missing before it";
    return help;
}

bool parser_advise(struct parser *p, const char *what, struct parser_advice *advice)
{
    struct token next = *parser_peek(p, 1);
    if (find_slip(&p->previous, &p->now, advice) || find_slip(&p->now, &next, advice) ||
        find_foreign(p, &p->previous, advice))
        return true;
    advice->help = find_help(p, what);
    return advice->help != NULL;
}

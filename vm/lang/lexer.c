/* SPDX-License-Identifier: MIT */
/*
 * lexer: see the header. Accepts what llex.c of Lua 5.3 accepts, byte for byte: its classes of characters are ASCII, numbers are read
 * greedily and checked as a whole, CR LF is one line end.
 */
#include "vm/lang/lexer.h"

#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/literal.h"

enum { SHOWN_MAX = 60, ERRORS_MAX = 20 };

enum { ALPHA = 1, DIGIT = 2, HEX = 4, BLANK = 8, NEWLINE = 16 };

static const uint8_t classes[256] = {
    ['\t'] = BLANK,
    ['\v'] = BLANK,
    ['\f'] = BLANK,
    [' '] = BLANK,
    ['\n'] = NEWLINE,
    ['\r'] = NEWLINE,
    ['_'] = ALPHA,
    ['0' ... '9'] = DIGIT | HEX,
    ['a' ... 'f'] = ALPHA | HEX,
    ['g' ... 'z'] = ALPHA,
    ['A' ... 'F'] = ALPHA | HEX,
    ['G' ... 'Z'] = ALPHA,
};

/* The byte at distance n, or -1 behind the end. */
static int peek(const struct lexer *lexer, ptrdiff_t n)
{
    return lexer->end - lexer->at > n ? (unsigned char)lexer->at[n] : -1;
}

static bool is(int byte, unsigned class)
{
    return byte >= 0 && classes[byte] & class;
}

static void skip_newline(struct lexer *lexer)
{
    int first = peek(lexer, 0), second = peek(lexer, 1);
    lexer->at += is(second, NEWLINE) && second != first ? 2 : 1;
    lexer->line++;
    lexer->crossed_line = true;
    source_add_line(&lexer->ast->source, lexer_position(lexer));
}

uint32_t lexer_position(const struct lexer *lexer)
{
    return (uint32_t)(lexer->at - lexer->ast->source.text);
}

void lexer_init(struct lexer *lexer, struct ast *ast)
{
    const struct source *source = &ast->source;
    *lexer = (struct lexer){.ast = ast, .at = source->text, .end = source->text + source->length, .line = 1};
    if (source->length >= 3 && !memcmp(source->text, "\xef\xbb\xbf", 3))
        lexer->at += 3;
    if (peek(lexer, 0) == '#') {
        const char *line_end = memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));
        lexer->at = line_end ? line_end : lexer->end;
    }
    lexer->start = lexer_position(lexer);
    lexer->crossed_line = true;
}

/* ---- messages ---- */

static const char *show(struct ast *ast, const char *text, size_t length)
{
    struct arena *arena = &ast->arena;
    unsigned char byte = (unsigned char)text[0];
    if (length == 1 && (byte < ' ' || byte > '~'))
        return arena_printf(arena, "'<\\%u>'", byte);
    const char *newline = memchr(text, '\n', length), *more = "";
    if (newline)
        length = (size_t)(newline - text), more = "...";
    if (length > SHOWN_MAX) {
        length = SHOWN_MAX, more = "...";
        while (length && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--; /* not inside a UTF-8 sequence */
    }
    char *copy = arena_copy(arena, text, length);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)copy[i] < ' ' || copy[i] == 127)
            copy[i] = '?';
    return arena_printf(arena, "'%s%s'", copy, more);
}

const char *lexer_near(struct ast *ast, uint32_t start, uint32_t end)
{
    return start >= end ? "<eof>" : show(ast, ast->source.text + start, end - start);
}

/* Reports what is wrong from `start` to `end`. */
static void complain(struct lexer *lexer, uint32_t start, uint32_t end, const char *what, const char *near)
{
    struct ast *ast = lexer->ast;
    if (ast->diagnostics.count >= ERRORS_MAX)
        return;
    struct diagnostic diagnostic = {.code = "P0001", .start = start, .end = end};
    diagnostic.message = arena_printf(&ast->arena, "%s near %s", what, near);
    diagnostics_add(&ast->diagnostics, &diagnostic);
}

/* The token from `start` to where the lexer stands. */
static void complain_of_token(struct lexer *lexer, uint32_t start, const char *what)
{
    uint32_t end = lexer_position(lexer);
    complain(lexer, start, end, what, lexer_near(lexer->ast, start, end));
}

/* The token ended too early. */
static void complain_of_end(struct lexer *lexer, uint32_t start, const char *what)
{
    if (lexer->at < lexer->end)
        complain_of_token(lexer, start, what);
    else
        complain(lexer, start, lexer_position(lexer), what, "<eof>");
}

/* ---- strings ---- */

/* [=*[ or ]=*] at the lexer's place: the number of =, or -1. */
static int count_level(const struct lexer *lexer, int bracket)
{
    int level = 0;
    while (peek(lexer, level + 1) == '=')
        level++;
    return peek(lexer, level + 1) == bracket ? level : -1;
}

/* The lexer stands on the first [ of a long string or comment. */
static void read_long(struct lexer *lexer, uint32_t start, int level, const char *what)
{
    uint32_t line = lexer->line;
    lexer->at += level + 2;
    for (;;) {
        int byte = peek(lexer, 0);
        if (byte < 0)
            break;
        if (is(byte, NEWLINE)) {
            skip_newline(lexer);
        } else if (byte == ']' && count_level(lexer, ']') == level) {
            lexer->at += level + 2;
            return;
        } else {
            lexer->at++;
        }
    }
    complain_of_end(lexer, start,
                    arena_printf(&lexer->ast->arena, "unfinished long %s (starting at line %u)", what, line));
}

static const char *read_hex(struct lexer *lexer)
{
    for (int i = 0; i < 2; i++, lexer->at++)
        if (!is(peek(lexer, 0), HEX))
            return "hexadecimal digit expected";
    return NULL;
}

static int hex_value(int byte)
{
    return byte <= '9' ? byte - '0' : (byte | 0x20) - 'a' + 10;
}

static const char *read_utf8(struct lexer *lexer)
{
    uint32_t value = 0;
    if (peek(lexer, 0) != '{')
        return "missing '{'";
    lexer->at++;
    if (!is(peek(lexer, 0), HEX))
        return "hexadecimal digit expected";
    for (; is(peek(lexer, 0), HEX); lexer->at++) {
        value = value * 16 + (uint32_t)hex_value(peek(lexer, 0));
        if (value > 0x10FFFF)
            return "UTF-8 value too large";
    }
    if (peek(lexer, 0) != '}')
        return "missing '}'";
    lexer->at++;
    return NULL;
}

static const char *read_decimal(struct lexer *lexer)
{
    int value = 0;
    for (int i = 0; i < 3 && is(peek(lexer, 0), DIGIT); i++, lexer->at++)
        value = value * 10 + peek(lexer, 0) - '0';
    return value > 255 ? "decimal escape too large" : NULL;
}

static void skip_blanks(struct lexer *lexer)
{
    for (int byte; is(byte = peek(lexer, 0), BLANK | NEWLINE);)
        if (is(byte, NEWLINE))
            skip_newline(lexer);
        else
            lexer->at++;
}

/* Behind a backslash. What is wrong, or NULL. */
static const char *read_escape(struct lexer *lexer)
{
    int byte = peek(lexer, 0);
    if (byte < 0)
        return NULL; /* the string is unfinished, which is said there */
    if (is(byte, NEWLINE)) {
        skip_newline(lexer);
        return NULL;
    }
    if (is(byte, DIGIT))
        return read_decimal(lexer);
    if (!byte || !strchr("abfnrtvxzu\\\"'", byte))
        return "invalid escape sequence";
    lexer->at++;
    if (byte == 'x')
        return read_hex(lexer);
    if (byte == 'u')
        return read_utf8(lexer);
    if (byte == 'z')
        skip_blanks(lexer);
    return NULL;
}

/* Only the first thing wrong in a string is reported. */
static void read_string(struct lexer *lexer, uint32_t start)
{
    int quote = peek(lexer, 0);
    bool complained = false;
    lexer->at++;
    for (int byte; (byte = peek(lexer, 0)) != quote;) {
        if (byte < 0 || is(byte, NEWLINE)) {
            if (!complained)
                complain_of_end(lexer, start, "unfinished string");
            return;
        }
        lexer->at++;
        const char *wrong = byte == '\\' ? read_escape(lexer) : NULL;
        if (wrong && !complained) {
            struct lexer shown = *lexer; /* the offending byte is part of the message */
            shown.at += shown.at < shown.end && !is(peek(lexer, 0), NEWLINE);
            complain_of_token(&shown, start, wrong);
            complained = true;
        }
    }
    lexer->at++;
}

/* ---- others ---- */

static void read_number(struct lexer *lexer, uint32_t start)
{
    const char *exponent = "eE", *text = lexer->at;
    if (peek(lexer, 0) == '0' && (peek(lexer, 1) | 0x20) == 'x') {
        exponent = "pP";
        lexer->at += 2;
    }
    for (;;) {
        int byte = peek(lexer, 0);
        if (byte == exponent[0] || byte == exponent[1]) {
            lexer->at++;
            if (peek(lexer, 0) == '+' || peek(lexer, 0) == '-')
                lexer->at++;
        } else if (is(byte, HEX) || byte == '.') {
            lexer->at++;
        } else {
            break;
        }
    }
    if (!literal_is_number(text, (size_t)(lexer->at - text)))
        complain_of_token(lexer, start, "malformed number");
}

static void skip_comment(struct lexer *lexer, uint32_t start)
{
    lexer->at += 2;
    int level = peek(lexer, 0) == '[' ? count_level(lexer, '[') : -1;
    if (level >= 0) {
        read_long(lexer, start, level, "comment");
        return;
    }
    while (lexer->at < lexer->end && !is((unsigned char)*lexer->at, NEWLINE))
        lexer->at++;
}

/* Blanks, line ends and comments. */
static void skip_space(struct lexer *lexer)
{
    for (;;) {
        int byte = peek(lexer, 0);
        if (is(byte, BLANK))
            lexer->at++;
        else if (is(byte, NEWLINE))
            skip_newline(lexer);
        else if (byte == '-' && peek(lexer, 1) == '-')
            skip_comment(lexer, lexer_position(lexer));
        else
            return;
    }
}

static int take(struct lexer *lexer, int length, int kind)
{
    lexer->at += length;
    return kind;
}

static int read_bracket(struct lexer *lexer, uint32_t start)
{
    int level = count_level(lexer, '[');
    if (level >= 0) {
        read_long(lexer, start, level, "string");
        return TOKEN_STRING;
    }
    if (peek(lexer, 1) != '=')
        return take(lexer, 1, TOKEN_BRACKET_OPEN);
    lexer->at++;
    while (peek(lexer, 0) == '=')
        lexer->at++;
    complain_of_token(lexer, start, "invalid long string delimiter");
    return TOKEN_OTHER;
}

static int read_dot(struct lexer *lexer, uint32_t start)
{
    if (is(peek(lexer, 1), DIGIT)) {
        read_number(lexer, start);
        return TOKEN_NUMBER;
    }
    if (peek(lexer, 1) != '.')
        return take(lexer, 1, TOKEN_DOT);
    return peek(lexer, 2) == '.' ? take(lexer, 3, TOKEN_ELLIPSIS) : take(lexer, 2, TOKEN_CONCAT);
}

/* A token that is `kind`, or `longer` with `second` behind its first byte. */
static int read_pair(struct lexer *lexer, int kind, int second, int longer)
{
    return peek(lexer, 1) == second ? take(lexer, 2, longer) : take(lexer, 1, kind);
}

static const uint8_t singles[256] = {
    ['+'] = TOKEN_PLUS,        ['*'] = TOKEN_STAR,       ['%'] = TOKEN_PERCENT,     ['^'] = TOKEN_CARET,
    ['#'] = TOKEN_HASH,        ['&'] = TOKEN_AMPERSAND,  ['|'] = TOKEN_PIPE,        ['('] = TOKEN_PAREN_OPEN,
    [')'] = TOKEN_PAREN_CLOSE, ['{'] = TOKEN_BRACE_OPEN, ['}'] = TOKEN_BRACE_CLOSE, [']'] = TOKEN_BRACKET_CLOSE,
    [';'] = TOKEN_SEMICOLON,   [','] = TOKEN_COMMA,      ['?'] = TOKEN_QUESTION,    ['!'] = TOKEN_BANG,
    ['@'] = TOKEN_AT,
};

/* Long for a dispatch switch. */
static int read_symbol(struct lexer *lexer, uint32_t start)
{
    int byte = peek(lexer, 0);
    switch (byte) {
    case '"':
    case '\'':
        read_string(lexer, start);
        return TOKEN_STRING;
    case '[':
        return read_bracket(lexer, start);
    case '.':
        return read_dot(lexer, start);
    case '-':
        return read_pair(lexer, TOKEN_MINUS, '>', TOKEN_ARROW);
    case '=':
        return read_pair(lexer, TOKEN_ASSIGN, '=', TOKEN_EQUAL);
    case '~':
        return read_pair(lexer, TOKEN_TILDE, '=', TOKEN_NOT_EQUAL);
    case '/':
        return read_pair(lexer, TOKEN_SLASH, '/', TOKEN_FLOOR_SLASH);
    case ':':
        return read_pair(lexer, TOKEN_COLON, ':', TOKEN_DOUBLE_COLON);
    case '<':
        return peek(lexer, 1) == '<' ? take(lexer, 2, TOKEN_SHIFT_LEFT)
                                     : read_pair(lexer, TOKEN_LESS, '=', TOKEN_LESS_EQUAL);
    case '>':
        return peek(lexer, 1) == '>' ? take(lexer, 2, TOKEN_SHIFT_RIGHT)
                                     : read_pair(lexer, TOKEN_GREATER, '=', TOKEN_GREATER_EQUAL);
    default:
        return take(lexer, 1, singles[byte & 0xFF] ? singles[byte & 0xFF] : TOKEN_OTHER);
    }
}

static int read_word(struct lexer *lexer, struct token *token)
{
    const char *text = lexer->at;
    while (lexer->at < lexer->end && classes[(unsigned char)*lexer->at] & (ALPHA | DIGIT))
        lexer->at++;
    token->word = words_intern(&lexer->ast->words, text, (size_t)(lexer->at - text));
    return token->word->keyword ? token->word->keyword : TOKEN_NAME;
}

void lexer_next(struct lexer *lexer, struct token *token)
{
    skip_space(lexer);
    uint32_t start = lexer_position(lexer);
    *token = (struct token){.is_first = lexer->crossed_line, .start = start, .line = lexer->line};
    lexer->crossed_line = false;
    int byte = peek(lexer, 0), kind = TOKEN_EOF;
    if (is(byte, ALPHA)) {
        kind = read_word(lexer, token);
    } else if (is(byte, DIGIT)) {
        read_number(lexer, start);
        kind = TOKEN_NUMBER;
    } else if (byte >= 0) {
        kind = read_symbol(lexer, start);
    }
    token->kind = (uint8_t)kind;
    token->end = lexer_position(lexer);
    lexer->crossed_line = false; /* inside the token */
}

const char *token_kind_text(enum token_kind kind)
{
    static const char *const texts[TOKENS] = {
        "<eof>",  "<name>", "<string>", "<number>", "?",     "and", "break", "do",  "else", "elseif", "end",
        "false",  "for",    "function", "goto",     "if",    "in",  "local", "nil", "not",  "or",     "repeat",
        "return", "then",   "true",     "until",    "while", "+",   "-",     "*",   "/",    "//",     "%",
        "^",      "#",      "&",        "~",        "|",     "<<",  ">>",    "==",  "~=",   "<=",     ">=",
        "<",      ">",      "=",        "(",        ")",     "{",   "}",     "[",   "]",    "::",     ";",
        ":",      ",",      ".",        "..",       "...",   "->",  "?",     "!",   "@"};
    return texts[kind];
}

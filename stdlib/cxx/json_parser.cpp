/* SPDX-License-Identifier: MIT */
/*
 * json_parser: see json_parser.h. simdjson chooses its code for the CPU at run time. The document is apart from the parser, so that
 * the one can be kept without the other.
 *
 * simdjson counts a scalar as a level and an empty array as none, so with one level more than allowed a tape may hold an empty array or
 * object that is one too deep: who reads the tape looks.
 */
#include "stdlib/cxx/json_parser.h"

#include <new>

#include <simdjson.h>

namespace dom = simdjson::dom;

struct json_parser {
    dom::parser parser;
    dom::document document;
};

static_assert(JSON_PARSER_PADDING >= simdjson::SIMDJSON_PADDING, "padding");

extern "C" struct json_parser *json_parser_new(void)
{
    return new (std::nothrow) json_parser;
}

extern "C" void json_parser_free(struct json_parser *parser)
{
    delete parser;
}

/* Room for a text of that length, with some to spare while it is small: texts that grow little by little cost no allocations. */
static simdjson::error_code make_room(struct json_parser *parser, size_t length)
{
    constexpr size_t smallest = 1024, largest_spare = 64 * 1024;
    if (parser->parser.capacity() >= length && parser->document.capacity() >= length)
        return simdjson::SUCCESS;
    size_t room = smallest;
    while (room < length && room < largest_spare)
        room *= 2;
    room = room < length ? length : room;
    simdjson::error_code error = parser->parser.allocate(room, JSON_PARSER_MAX_DEPTH + 1);
    return error ? error : parser->document.allocate(room);
}

extern "C" enum json_parser_status json_parser_run(struct json_parser *parser, const char *text, size_t length,
                                                   const uint64_t **words, const unsigned char **strings)
{
    simdjson::error_code error = make_room(parser, length);
    if (!error)
        error = parser->parser.parse_into_document(parser->document, text, length, false).error();
    if (error == simdjson::MEMALLOC)
        return JSON_PARSER_MEMORY;
    if (error)
        return JSON_PARSER_REFUSED;
    *words = parser->document.tape.get();
    *strings = parser->document.string_buf.get();
    return JSON_PARSER_OK;
}

extern "C" void json_parser_trim(struct json_parser *parser)
{
    parser->parser = dom::parser();
}

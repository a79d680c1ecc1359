/* SPDX-License-Identifier: MIT */
/* shape_kind: the kinds of types and the numbers in their nodes. See shape.h. */
#ifndef LANG_SHAPE_KIND_H
#define LANG_SHAPE_KIND_H

#include "vm/lang/word.h"

/* The first are enum word_builtin, and in every set the number of their node. */
enum shape_kind {
    SHAPE_TRUTH = BUILTINS, /* literals */
    SHAPE_INTEGER,
    SHAPE_FLOAT,
    SHAPE_STRING,
    SHAPE_OPTIONAL,
    SHAPE_UNION,
    SHAPE_INTERSECTION,
    SHAPE_TUPLE,
    SHAPE_RECORD,
    SHAPE_ARRAY,
    SHAPE_MAP,
    SHAPE_FUNCTION,
    SHAPE_ANNOTATED,
    SHAPE_PARAM,
    SHAPE_ALIAS,
    SHAPE_INTERFACE,
    SHAPE_GENERIC,
    SHAPE_INSTANCE,
    SHAPE_HOST,
    SHAPE_EXTERN,
    SHAPE_UNRESOLVED,
    SHAPE_KINDS
};

enum shape_flags {
    SHAPE_READONLY = 1,   /* RECORD, ARRAY, MAP */
    SHAPE_HAS_PARAM = 2,  /* a PARAM is in it */
    SHAPE_HAS_RESULT = 4, /* FUNCTION: its results are known */
    SHAPE_KEYS = 8,       /* EXTERN: not the type but keyof it */
};

enum shape_param_flags { SHAPE_PARAM_OPTIONAL = 1, SHAPE_PARAM_VARARG = 2 };
/* Third word of an entry of an INTERFACE whose name is 0: it is no method, values must be of that type too. They come first. */
enum { SHAPE_BASE = 1 };
/* Second word of an annotation: the kind of its argument, and from SHAPE_VALIDATOR on what it means. */
enum shape_validator {
    SHAPE_NO_VALIDATOR,
    SHAPE_MIN,
    SHAPE_MAX,
    SHAPE_MIN_LEN,
    SHAPE_MAX_LEN,
    SHAPE_PATTERN,
};
enum { SHAPE_ARGUMENT_MASK = 0xff, SHAPE_VALIDATOR = 8 };
enum shape_argument { SHAPE_NO_ARGUMENT, SHAPE_ARG_BOOLEAN, SHAPE_ARG_INTEGER, SHAPE_ARG_FLOAT, SHAPE_ARG_STRING };

/* Words of named kinds. */
enum { SHAPE_ORIGIN_LOW, SHAPE_ORIGIN_HIGH, SHAPE_DECLARATION, SHAPE_NAME, SHAPE_NAMED_WORDS };
enum { SHAPE_FIELD_WORDS = 3, SHAPE_ANNOTATION_WORDS = 4, SHAPE_EXTERN_NAMES = 2 };

/* Aliases that stand for each other stand for nothing; chains of others are shorter. */
enum { SHAPE_LOOKS_MAX = 10000 };

/* Bit 1 << t of a mask: values whose lua_type is t. */
enum shape_mask {
    SHAPE_OF_NIL = 1 << 0,
    SHAPE_OF_BOOLEAN = 1 << 1,
    SHAPE_OF_NUMBER = 1 << 3,
    SHAPE_OF_STRING = 1 << 4,
    SHAPE_OF_TABLE = 1 << 5,
    SHAPE_OF_FUNCTION = 1 << 6,
    SHAPE_OF_USERDATA = 1 << 7 | 1 << 2,
    SHAPE_OF_THREAD = 1 << 8,
    SHAPE_OF_ALL = 0x1ff
};

#endif

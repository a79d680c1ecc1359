/* SPDX-License-Identifier: MIT */
/*
 * typed_check: is a value of a type. One loop looks at a value per turn and keeps the open tables and unions in frames, so depth costs no C
 * stack and the loop can stop anywhere. A value that is valid costs no allocation.
 *
 * When it ends with CHECK_INVALID the frames say where in the value it went wrong: nothing is looked at twice to explain it.
 */
#ifndef VM_TYPED_CHECK_H
#define VM_TYPED_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

struct shapes;
struct type;

enum check_status { CHECK_VALID, CHECK_INVALID, CHECK_MORE, CHECK_CALL };

enum check_reason {
    CHECK_TYPE,
    CHECK_MISSING,
    CHECK_BELOW_MINIMUM,
    CHECK_ABOVE_MAXIMUM,
    CHECK_LENGTH_BELOW,
    CHECK_LENGTH_ABOVE,
    CHECK_PATTERN,
    CHECK_INVALID_REGEX,
    CHECK_UNRESOLVED,
    CHECK_RECURSION
};

enum { CHECK_LEVELS_MAX = 64, CHECK_FRAMES = 256 };

enum check_state { CHECK_BEGIN, CHECK_NEXT, CHECK_KEY, CHECK_VALUE, CHECK_CALLED, CHECK_FINAL };

/* A value that is being looked at: table or alternatives. */
struct check_frame {
    const void *table;    /* NULL: not a table */
    uint32_t node, named; /* looked at; and as it was named */
    uint32_t next;        /* number of fields, elements or members taken */
    uint32_t limit;       /* ARRAY: elements */
    uint32_t match;       /* UNION: the member whose tag the value has, */
    uint16_t matches;     /* and how many there are */
    uint8_t kind;         /* enum shape_kind */
    uint8_t state;        /* enum check_state */
    bool assumed;         /* something in it is valid only if something around it is */
    int value;            /* stack index */
    int base;             /* stack top while none of its parts is being looked at */
};

struct check {
    const struct type *type; /* of a cursor in a userdata */
    const struct shapes *shapes;
    uint32_t node;
    int value, names, base, memo; /* stack indices; names, memo 0: none */
    int depth, levels, unions;    /* unions: open ones that have members left, so that a failure is not the last word */
    uint32_t steps, due;          /* values looked at; when there are so many, the clock is */
    int room;                     /* stack slots that are there */
    bool is_resumable;
    /* after CHECK_INVALID */
    enum check_reason reason;
    uint32_t expected;      /* node */
    const char *got;        /* what the value is */
    const char *constraint; /* name of the validator, or NULL */
    struct check_frame frames[CHECK_FRAMES];
};

/* `value`: stack index. `names`: of a table for the names of the set (typed_push_names), 0: none. All above `base` is the check's. */
void check_begin(struct check *check, const struct shapes *shapes, uint32_t node, int value, int names, int base);

/*
 * CHECK_MORE: call check_run again; after 4,096 values or, if is_resumable is set, when the slice is over its time. CHECK_CALL: a method of an
 * interface is read by an __index function, which may wait. Function and arguments are on top, and the check goes on when the one result is
 * there instead of them.
 */
enum check_status check_run(lua_State *L, struct check *check);

/* Pushes the error that says why and where it is invalid. */
void check_push_error(lua_State *L, const struct check *check);

/* typed_match.c: does the value, which has the right Lua type, match a node without parts? */
struct shape_node;
bool check_matches(lua_State *L, const struct check *check, const struct shape_node *node, int value);

/* Pushes the field of the value as Lua reads it and returns true; or false: [function, object, key], to be called for it. */
bool check_read(lua_State *L, int value, const char *name);

/* What is known of the table at `value` as that type: 1 valid, 0 not, -1 nothing. And: keeps what is known of a frame's. */
int check_recall(lua_State *L, const struct check *check, uint32_t node, int value);
void check_remember(lua_State *L, const struct check *check, const struct check_frame *frame, bool is_valid);

/* Do the annotations of an ANNOTATED node hold for the value? Else sets why. */
bool check_annotations(lua_State *L, struct check *check, uint32_t node, int value);
/* typed_error.c: the value at `value` is not of the type `node`, and why. */
void check_fail(lua_State *L, struct check *check, enum check_reason reason, uint32_t node, int value);

#endif

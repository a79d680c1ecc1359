/* SPDX-License-Identifier: MIT */
/*
 * The table of the string library.
 */
#include "stdlib/string.h"

#include "stdlib/string_lib.h"

lua_Integer string_position(lua_Integer index, size_t length)
{
    if (index >= 0)
        return index;
    return 0u - (size_t)index > length ? 0 : (lua_Integer)length + index + 1;
}

const struct lazy_entry std_string_entries[] = {
    LAZY_P("byte", string_byte),
    LAZY_P("char", string_char),
    LAZY_F("find", string_find),
    LAZY_F("format", string_format),
    LAZY_F("gmatch", string_gmatch),
    LAZY_F("gsub", string_gsub),
    LAZY_P("len", string_len),
    LAZY_P("lower", string_lower),
    LAZY_F("match", string_match),
    LAZY_F("pack", string_pack),
    LAZY_F("packsize", string_packsize),
    LAZY_P("rep", string_rep),
    LAZY_P("reverse", string_reverse),
    LAZY_P("sub", string_sub),
    LAZY_F("unpack", string_unpack),
    LAZY_P("upper", string_upper),
    LAZY_DONE,
};

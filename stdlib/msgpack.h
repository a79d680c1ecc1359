/* SPDX-License-Identifier: MIT */
/*
 * msgpack: MessagePack for payloads and queues, over libmpack. Lists, maps, strings (str; bin if they are not UTF-8), integers and floats come back
 * as they went. Of foreign texts: keys may be any scalar but nil and NaN; extension types are refused.
 */
#ifndef STDLIB_MSGPACK_H
#define STDLIB_MSGPACK_H

#include "stdlib/data_read.h"
#include "stdlib/data_write.h"

extern const struct data_format msgpack_format;
extern const struct data_sink msgpack_sink;

#endif

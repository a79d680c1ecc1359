/* SPDX-License-Identifier: MIT */
/*
 * logevents: log records as events of the bus: system `log`, kind the level (debug, info, warn, error), path the logger, data {level, logger,
 * message, fields}; fields are those of the record, such as pid and location.
 */
#ifndef HOST_LOGEVENTS_H
#define HOST_LOGEVENTS_H

struct log_record;

/*
 * A tap of host/logsink.h; `vm` is the VM. Costs one look when nobody has subscribed to anything. Records about the bus itself are left out,
 * and all while it has more to do than it can, so that a log is no way to fill the memory.
 */
void logevents_publish(void *vm, const struct log_record *record);

#endif

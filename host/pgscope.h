/* SPDX-License-Identifier: MIT */
/*
 * pgscope: the kind pg.scope as a service: a scope of process groups (vm/groups.h).
 *
 *   max_groups: 0               # 0: no limit; a negative limit rejects the entry
 *   max_members_per_group: 0
 *   monitor_buffer: 64          # capacity of the channels of subscriptions
 *
 * protocol_timeout, broadcast_timeout, anti_entropy_interval, circuit_breaker_failures, circuit_breaker_reset_time, max_retries, retry_base_delay,
 * retry_max_delay, action_queue_size and action_queue_max_size are for clusters: checked, without effect on one node.
 *
 * It runs at once; stopping takes all processes out of its groups.
 */
#ifndef HOST_PGSCOPE_H
#define HOST_PGSCOPE_H

struct actor;
struct entry;
struct groups;
struct problems;
struct service_driver;

/* The scope of the entry, stopped; it belongs to the VM. NULL: the entry is rejected, which is reported. */
struct groups *pgscope_new(struct actor *actor, const struct entry *entry, struct problems *problems);

/* The object of its services is the struct groups. */
const struct service_driver *pgscope_driver(void);

#endif

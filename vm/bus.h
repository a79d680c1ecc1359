/* SPDX-License-Identifier: MIT */
/*
 * bus: the event bus of a VM: the broker whose subjects are systems. The body of an event is an encoding of vm/codec.h of three or four values:
 * system, kind, path and perhaps data. The runtime's own parts publish like this, for nothing when nobody listens:
 *
 *   struct codec_bytes event = {0};
 *   if (bus_is_heard(vm)) {
 *       bus_begin(&event, "supervisor", "service.running", id, true);
 *       codec_put_table(&event, 0, 1); …       (out of memory shows in bus_send)
 *       bus_send(vm, &event);
 *   }
 *
 * Any thread.
 */
#ifndef VM_BUS_H
#define VM_BUS_H

#include <stdbool.h>
#include <stddef.h>

struct broker;
struct codec_bytes;
struct vm;

struct broker *bus_broker(struct vm *vm);

bool bus_is_heard(struct vm *vm);

/* Begins the encoding of an event; with_data: the caller puts one more value. */
bool bus_begin(struct codec_bytes *event, const char *system, const char *kind, const char *path, bool with_data);

/* Publishes it and frees the bytes; an event for which there was no memory is dropped. */
void bus_send(struct vm *vm, struct codec_bytes *event);

/* Publishes an encoding that stays the caller's. False: out of memory, or no event. */
bool bus_publish(struct vm *vm, const void *data, size_t length);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * control: what programs see of the host and may ask of it, from any thread (struct system_source of stdlib/system.h): how services are, and an
 * end of it all. The supervisor's actor tells it of every change; what others read is its own copy.
 */
#ifndef HOST_CONTROL_H
#define HOST_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

struct control;
struct service;
struct supervisor;
struct system_source;

/* `node`: what this node is called (copied). `stop` is called when a program has asked for the end. */
struct control *control_new(const char *node, void (*stop)(void *ctx), void *ctx);
void control_free(struct control *control); /* NULL is allowed */

/* Lives as long as `control`. */
const struct system_source *control_source(const struct control *control);

/* All services of the supervisor, in its order; they live as long as programs run. Before any does. */
void control_add_services(struct control *control, const struct supervisor *supervisor);

/* The service has changed. */
void control_note(struct control *control, const struct service *service, int64_t wall_ns);

/* Has a program asked for the end? Then *code is the exit status. */
bool control_has_exit(struct control *control, int *code);

#endif

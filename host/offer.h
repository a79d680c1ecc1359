/* SPDX-License-Identifier: MIT */
/* offer: what the host offers to the modules of programs (stdlib/services.h): environment variables, the registry, its own state. */
#ifndef HOST_OFFER_H
#define HOST_OFFER_H

#include "stdlib/registry.h"

struct application;
struct control;
struct log;
struct registry;
struct services;
struct settings;

struct offer {
    struct services *services;
    struct control *control;
    struct registry *registry;
    struct registry_source registry_source;
};

/* Version 0 of the registry are the entries of the application. `stop`: see control_new. The offer stays where it is; the rest is borrowed. */
void offer_init(struct offer *offer, const struct application *application, const struct settings *settings,
                struct log *log, void (*stop)(void *ctx), void *ctx);
/* When the VM is gone; also of an offer that is all zero. */
void offer_destroy(struct offer *offer);

#endif

/* SPDX-License-Identifier: MIT */
/* offer: see the header. */
#include "host/offer.h"

#include "host/application.h"
#include "host/control.h"
#include "host/env.h"
#include "host/nodename.h"
#include "host/registry.h"
#include "host/settings.h"
#include "stdlib/services.h"

static void publish(struct offer *offer, const struct application *application, const struct settings *settings)
{
    bool keep_history = settings->registry.enable_history && settings->registry.history_type != SETTINGS_NIL;
    offer->registry = registry_new(keep_history);
    registry_publish(offer->registry, application->entries.items, application->entries.count);
    registry_describe(offer->registry, &offer->registry_source);
}

void offer_init(struct offer *offer, const struct application *application, const struct settings *settings,
                struct log *log, void (*stop)(void *ctx), void *ctx)
{
    char node[NODENAME_MAX + 1];
    nodename_find(settings, node);
    publish(offer, application, settings);
    offer->control = control_new(node, stop, ctx);
    offer->services = services_new(log);
    offer->services->env = env_source(application->env);
    offer->services->registry = &offer->registry_source;
    offer->services->system = control_source(offer->control);
    offer->services->is_strict = settings->security.strict_mode;
}

void offer_destroy(struct offer *offer)
{
    services_free(offer->services);
    control_free(offer->control);
    registry_free(offer->registry);
}

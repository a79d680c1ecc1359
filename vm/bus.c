/* SPDX-License-Identifier: MIT */
/* bus: see bus.h. System and kind are looked at where they stand in the encoding. */
#include "vm/bus.h"

#include <string.h>

#include "vm/broker.h"
#include "vm/buffer.h"
#include "vm/codec.h"
#include "vm/vm_struct.h"

struct broker *bus_broker(struct vm *vm)
{
    return vm->bus;
}

bool bus_is_heard(struct vm *vm)
{
    return broker_is_heard(vm->bus);
}

bool bus_begin(struct codec_bytes *event, const char *system, const char *kind, const char *path, bool with_data)
{
    return codec_begin(event, with_data ? 4 : 3) && codec_put_string(event, system, strlen(system)) &&
           codec_put_string(event, kind, strlen(kind)) && codec_put_string(event, path, strlen(path));
}

static bool text_at(const struct buffer *body, int index, struct broker_text *out)
{
    struct codec_view view;
    if (!codec_view(body->bytes, body->length, index, &view) || view.tag != CODEC_STRING)
        return false;
    *out = (struct broker_text){view.string.data, view.string.length};
    return true;
}

bool bus_publish(struct vm *vm, const void *data, size_t length)
{
    struct broker_text system, kind;
    if (!bus_is_heard(vm))
        return true;
    struct buffer *body = buffer_new(length);
    if (!body)
        return false;
    memcpy(body->bytes, data, length);
    if (text_at(body, 0, &system) && text_at(body, 1, &kind)) {
        broker_publish(vm->bus, body, system, kind);
        return true;
    }
    buffer_unref(body);
    return false;
}

void bus_send(struct vm *vm, struct codec_bytes *event)
{
    bus_publish(vm, event->data, event->length);
    codec_bytes_free(event);
}

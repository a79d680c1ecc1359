/* SPDX-License-Identifier: MIT */
/* logevents: see the header. */
#include "host/logevents.h"

#include <stdbool.h>
#include <string.h>

#include "host/encode.h"
#include "host/text.h"
#include "host/value.h"
#include "host/yaml.h"
#include "sched/base/log.h"
#include "vm/broker.h"
#include "vm/bus.h"
#include "vm/codec.h"

static const char bus_logger[] = "events";

static const char *level_name(enum log_level level)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    return names[level < LOG_DEBUG ? 0 : level > LOG_ERROR ? 3 : level - LOG_DEBUG];
}

/* The fields of a record, which are the inside of a JSON object; NULL: none. */
static struct value *parse_fields(const struct log_record *record)
{
    struct yaml_error error;
    struct text text = {0};
    if (!record->fields || !record->fields_length)
        return NULL;
    text_add_char(&text, '{');
    text_add(&text, record->fields, record->fields_length);
    text_add_char(&text, '}');
    struct value *fields = yaml_parse_json(text_string(&text), text.length, NULL, &error);
    text_free(&text);
    return fields;
}

static bool put_text(struct codec_bytes *event, const char *key, const char *text, size_t length)
{
    return codec_put_string(event, key, strlen(key)) && codec_put_string(event, text, length);
}

void logevents_publish(void *vm, const struct log_record *record)
{
    struct codec_bytes event = {0};
    if (!bus_is_heard(vm) || broker_is_behind(bus_broker(vm)) || !strcmp(record->logger, bus_logger))
        return;
    const char *level = level_name(record->level);
    struct value *fields = parse_fields(record);
    bool ok = bus_begin(&event, "log", level, *record->logger ? record->logger : "log", true) &&
              codec_put_table(&event, 0, 3 + (fields != NULL)) && put_text(&event, "level", level, strlen(level)) &&
              put_text(&event, "logger", record->logger, strlen(record->logger)) &&
              put_text(&event, "message", record->message, record->message_length);
    if (ok && fields) {
        ok = codec_put_string(&event, "fields", strlen("fields"));
        if (ok)
            encode_put(&event, fields);
    }
    value_free(fields);
    if (ok)
        bus_send(vm, &event);
    else
        codec_bytes_free(&event);
}

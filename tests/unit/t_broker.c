/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/broker.h"
#include "vm/buffer.h"
#include "vm/bus.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/slot.h"

/* A VM that does not run: its broker is run by hand, and what it sends is looked at in the mailbox of an actor. */
static struct rig rig;
static struct broker *broker;
static struct slot *slot;
static uint64_t pid;

static void nothing(struct native *native, void *ctx, const struct native_event *event)
{
    (void)native;
    (void)ctx;
    (void)event;
}

static void open_all(void)
{
    rig_prepare(&rig, &(struct rig_options){.workers = 1});
    broker = bus_broker(rig.vm);
    struct native *native = native_new(rig.vm, "receiver", nothing, NULL);
    pid = native_pid(native);
    slot = slot_of_pid(rig.vm->slots, pid);
}

static void close_all(void)
{
    if (vm_start(rig.vm))
        rig_die("vm_start");
    rig_close(&rig);
}

TestSuite(broker, .init = open_all, .fini = close_all);

/* Slices of the broker's task, which is the first thing in its struct. */
static unsigned run_slices(void)
{
    struct task *task = (struct task *)broker;
    unsigned slices = 1;
    while (task->run(task) == TASK_AGAIN)
        slices++;
    return slices;
}

static struct subscriber *subscribe(uint64_t feed, const char *system, const char *kind)
{
    struct pattern patterns[] = {broker_pattern(system, strlen(system)), broker_pattern(kind, strlen(kind))};
    struct subscriber *subscriber = broker_subscriber_new(pid, feed, &patterns[0], &patterns[1]);
    broker_subscribe(broker, subscriber);
    return subscriber;
}

static void publish(const char *system, const char *kind, const char *path)
{
    struct codec_bytes event = {0};
    cr_assert(bus_begin(&event, system, kind, path, false));
    bus_send(rig.vm, &event);
}

/* What has arrived since the last call, as "feed:path …". */
static const char *arrived(void)
{
    static char text[4096];
    struct codec_view path;
    text[0] = 0;
    run_slices();
    for (struct message *message = slot_drain(slot), *next; message; message = next) {
        next = message->next;
        cr_assert_eq(message->kind, MESSAGE_FEED);
        cr_assert_eq(message->target, pid);
        cr_assert(codec_view(message_body(message), message->length, 2, &path));
        sprintf(text + strlen(text), "%s%d:%.*s", text[0] ? " " : "", (int)message->id, (int)path.string.length,
                path.string.data);
        slot_consumed(slot, 1, message_cost(message));
        message_free(message);
    }
    return text;
}

Test(broker, sends_to_who_matches)
{
    struct subscriber *all[] = {subscribe(1, "a", "*"),  subscribe(2, "a", "k"),  subscribe(3, "a.*", "*"),
                                subscribe(4, "*", "k*"), subscribe(5, "b", "*"),  subscribe(6, "*", "kk"),
                                subscribe(7, "ab", "*"), subscribe(8, "a", "k*"), subscribe(9, "*", "*")};
    publish("a", "k", "1");
    cr_assert_str_eq(arrived(), "1:1 2:1 8:1 4:1 9:1");
    publish("a.b", "kk", "2");
    cr_assert_str_eq(arrived(), "3:2 4:2 6:2 9:2");
    publish("b", "x", "3");
    cr_assert_str_eq(arrived(), "5:3 9:3");
    publish("nobody", "x", "4");
    cr_assert_str_eq(arrived(), "9:4");
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
        broker_unsubscribe(broker, all[i]);
    publish("a", "k", "5");
    cr_assert_str_eq(arrived(), "");
    cr_assert_not(broker_is_heard(broker));
}

Test(broker, queue_is_the_order_of_everything)
{
    publish("a", "k", "before"); /* nobody is there */
    struct subscriber *one = subscribe(1, "a", "*");
    publish("a", "k", "1");
    struct subscriber *two = subscribe(2, "a", "*");
    publish("a", "k", "2");
    broker_unsubscribe(broker, one);
    publish("a", "k", "3");
    broker_unsubscribe(broker, two);
    publish("a", "k", "4");
    cr_assert_str_eq(arrived(), "1:1 1:2 2:2 2:3");
}

Test(broker, nobody_listens_nothing_is_queued)
{
    cr_assert_not(broker_is_heard(broker));
    cr_assert_not(bus_is_heard(rig.vm));
    publish("a", "k", "1");
    struct subscriber *one = subscribe(1, "*", "*");
    cr_assert(broker_is_heard(broker)); /* before its turn has come */
    cr_assert_str_eq(arrived(), "");
    broker_unsubscribe(broker, one);
    cr_assert(broker_is_heard(broker)); /* until its turn has come */
    cr_assert_str_eq(arrived(), "");
    cr_assert_not(broker_is_heard(broker));
}

Test(broker, many_subjects)
{
    enum { MANY = 3000 };
    static struct subscriber *all[MANY];
    char system[16];
    for (unsigned i = 0; i < MANY; i++) {
        sprintf(system, "s%u", i);
        all[i] = subscribe(i, system, "*");
    }
    cr_assert_str_eq(arrived(), "");
    publish("s0", "k", "x");
    publish("s2999", "k", "y");
    publish("s3000", "k", "z");
    cr_assert_str_eq(arrived(), "0:x 2999:y");
    for (unsigned i = 0; i < MANY; i += 2)
        broker_unsubscribe(broker, all[i]);
    publish("s0", "k", "x");
    publish("s2999", "k", "y");
    cr_assert_str_eq(arrived(), "2999:y");
    for (unsigned i = 1; i < MANY; i += 2)
        broker_unsubscribe(broker, all[i]);
    cr_assert_str_eq(arrived(), "");
    cr_assert_not(broker_is_heard(broker));
}

/* An event for many takes several slices, and what is queued meanwhile comes after it. */
Test(broker, sends_in_slices)
{
    enum { MANY = 2000 };
    static struct subscriber *all[MANY];
    for (unsigned i = 0; i < MANY; i++)
        all[i] = subscribe(7, i % 2 ? "a" : "*", "*");
    run_slices();
    publish("a", "k", "1");
    struct task *task = (struct task *)broker;
    cr_assert_eq(task->run(task), TASK_AGAIN);
    for (unsigned i = 0; i < MANY; i++)
        broker_unsubscribe(broker, all[i]);
    publish("a", "k", "2");
    cr_assert_gt(run_slices(), MANY / 256u);
    unsigned count = 0;
    for (struct message *message = slot_drain(slot), *next; message; message = next, count++) {
        next = message->next;
        slot_consumed(slot, 1, message_cost(message));
        message_free(message);
    }
    cr_assert_eq(count, MANY);
}

Test(broker, says_when_it_is_behind)
{
    char path[4000];
    memset(path, 'x', sizeof path - 1);
    path[sizeof path - 1] = 0;
    struct subscriber *one = subscribe(1, "nobody", "*");
    for (unsigned i = 0; i < 2000 && !broker_is_behind(broker); i++)
        publish("a", "k", path);
    cr_assert(broker_is_behind(broker));
    run_slices();
    cr_assert_not(broker_is_behind(broker));
    broker_unsubscribe(broker, one);
    run_slices();
}

Test(broker, a_full_mailbox_loses_events_and_says_so)
{
    struct subscriber *one = subscribe(1, "a*", "*");
    slot_set_room(slot, 3, 1 << 20);
    for (unsigned i = 0; i < 8; i++)
        publish("ab", "k", "x");
    cr_assert_str_eq(arrived(), "1:x 1:x 1:x");
    cr_assert_eq(atomic_load(&rig.warnings), 3); /* at the first, second and fourth of five */
    cr_assert(strstr(rig.log_text, "4 events for its subscription to a* are lost"), "%s", rig.log_text);
    cr_assert(strstr(rig.log_text, "{receiver|"), "%s", rig.log_text);
    publish("ab", "k", "y");
    cr_assert_str_eq(arrived(), "1:y");
    broker_unsubscribe(broker, one);
    run_slices();
}

Test(broker, who_is_gone_is_passed_by)
{
    struct pattern star = broker_pattern("*", 1);
    struct subscriber *gone = broker_subscriber_new(pid + (1 << PID_SLOT_BITS), 9, &star, &star);
    broker_subscribe(broker, gone);
    struct subscriber *one = subscribe(1, "*", "*");
    publish("a", "k", "1");
    cr_assert_str_eq(arrived(), "1:1");
    cr_assert_eq(atomic_load(&rig.warnings), 0);
    broker_unsubscribe(broker, gone);
    broker_unsubscribe(broker, one);
    run_slices();
}

/* Large bodies are shared, small ones are copied. */
Test(broker, bodies)
{
    static char path[10000];
    memset(path, 'p', sizeof path - 1);
    struct subscriber *all[] = {subscribe(1, "a", "*"), subscribe(2, "a", "*")};
    publish("a", "k", path);
    publish("a", "k", "small");
    run_slices();
    struct message *first = slot_drain(slot), *second = first->next, *third = second->next;
    cr_assert(message_buffer(first));
    cr_assert_eq(message_buffer(first), message_buffer(second));
    cr_assert_null(message_buffer(third));
    for (struct message *message = first, *next; message; message = next) {
        next = message->next;
        slot_consumed(slot, 1, message_cost(message));
        message_free(message);
    }
    broker_unsubscribe(broker, all[0]);
    broker_unsubscribe(broker, all[1]);
    run_slices();
}

static char seen[400];

static void watch(void *ctx, struct broker_text subject, struct broker_text kind, const struct buffer *body)
{
    (void)body;
    sprintf(seen + strlen(seen), "%s %.*s %.*s;", (const char *)ctx, (int)subject.length, subject.data,
            (int)kind.length, kind.data);
}

Test(broker, watches_see_what_their_segments_match)
{
    broker_watch(broker, "registry", "entry.(create|delete)", watch, "1");
    cr_assert(bus_is_heard(rig.vm));
    broker_watch(broker, "(registry|process)", "**", watch, "2");
    publish("registry", "entry.create", "x");
    publish("registry", "entry.update", "x");
    publish("process", "exited", "x");
    publish("other", "entry.create", "x");
    run_slices();
    cr_assert_str_eq(seen, "1 registry entry.create;2 registry entry.create;2 registry entry.update;2 process exited;");
}

/* What is queued, half sent or subscribed when all is taken down is freed: the sanitizers say so. */
Test(broker_end, in_the_middle)
{
    struct vm *vm;
    struct log log = {.level = LOG_OFF};
    struct pattern star = broker_pattern("*", 1), a = broker_pattern("a", 1);
    cr_assert_eq(vm_new(&vm, &(struct vm_config){.workers = 1, .classic_spawn = true, .log = &log}), 0);
    struct broker *bus = bus_broker(vm);
    for (unsigned i = 0; i < 1000; i++)
        broker_subscribe(bus, broker_subscriber_new(1, 1, i % 2 ? &star : &a, &star));
    struct subscriber *ended = broker_subscriber_new(1, 1, &a, &star);
    broker_subscribe(bus, ended);
    struct task *task = (struct task *)bus;
    while (task->run(task) == TASK_AGAIN)
        ;
    for (unsigned i = 0; i < 3; i++) {
        struct codec_bytes event = {0};
        bus_begin(&event, "a", "k", "p", false);
        bus_send(vm, &event);
    }
    cr_assert_eq(task->run(task), TASK_AGAIN);
    broker_unsubscribe(bus, ended);
    broker_subscribe(bus, broker_subscriber_new(1, 1, &a, &star));
    broker_watch(bus, "a", "**", watch, "");
    vm_free(vm);
    broker_subscriber_free(broker_subscriber_new(1, 1, &a, &star)); /* one that was never subscribed */
    broker_subscriber_free(NULL);
}

Test(broker, bus_takes_only_events)
{
    struct codec_bytes bytes = {0};
    struct subscriber *one = subscribe(1, "*", "*");
    codec_begin(&bytes, 1);
    codec_put_integer(&bytes, 1);
    cr_assert_not(bus_publish(rig.vm, bytes.data, bytes.length));
    cr_assert_not(bus_publish(rig.vm, "", 0));
    cr_assert_str_eq(arrived(), "");
    codec_bytes_free(&bytes);
    broker_unsubscribe(broker, one);
    run_slices();
}

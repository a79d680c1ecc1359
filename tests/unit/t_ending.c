/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Questions from C about how a process ends, asked from a thread of the test; what exec makes of them is in tests/lua/process. */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/buffer.h"
#include "vm/ending.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
    rig_add(&rig, "t:wait",
            "return function() local m = process.inbox():receive():payload():data()\n"
            "if m == 'fail' then error('failed', 0) end return m end");
    rig_add(&rig, "t:main",
            "return function() local pid = assert(process.spawn('t:wait', 't:h'))\n"
            "assert(process.registry.register('wait', pid)) return 'ok' end");
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(ending, .init = open_rig, .fini = close_rig);

struct question {
    struct ending ending;
    struct buffer *result;
    _Atomic int told;
};

static void ended(struct ending *ending, struct buffer *result)
{
    struct question *question = container_of(ending, struct question, ending);
    question->result = result ? buffer_ref(result) : NULL;
    atomic_fetch_add(&question->told, 1);
}

static struct question question(void)
{
    return (struct question){.ending.ended = ended};
}

/* A process of t:wait, whose PID is registered by the test under "wait". */
static uint64_t start(void)
{
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
    return process_lookup_name(rig.vm, "wait", 4);
}

static void tell(uint64_t pid, const char *text)
{
    struct codec_bytes bytes = {0};
    cr_assert(codec_begin(&bytes, 1) && codec_put_string(&bytes, text, strlen(text)));
    cr_assert_eq(process_send_encoded(rig.vm, 0, pid, "m", 1, bytes.data, bytes.length), 0);
    codec_bytes_free(&bytes);
}

static struct codec_view view(const struct question *question, int index)
{
    struct codec_view view;
    cr_assert(question->result);
    cr_assert(codec_view(question->result->bytes, question->result->length, index, &view));
    return view;
}

Test(ending, all_who_ask_are_told_once)
{
    enum { ASKED = 2500 }; /* more than one slice of the exit tells */
    static struct question questions[ASKED];
    uint64_t pid = start();
    for (int i = 0; i < ASKED; i++) {
        questions[i] = question();
        cr_assert(ending_ask(rig.vm, pid, &questions[i].ending));
    }
    tell(pid, "bye");
    for (int i = 0; i < ASKED; i++) {
        RIG_UNTIL(atomic_load(&questions[i].told));
        struct codec_view value = view(&questions[i], 0);
        cr_assert(value.tag == CODEC_STRING && value.string.length == 3 && !memcmp(value.string.data, "bye", 3));
        cr_assert_eq(view(&questions[i], 1).tag, CODEC_NIL);
        cr_assert_eq(process_lookup_name(rig.vm, "wait", 4), 0, "its name is gone by then");
        cr_assert_not(process_is_alive(rig.vm, pid));
        buffer_unref(questions[i].result);
    }
    for (int i = 0; i < ASKED; i++)
        cr_assert_eq(atomic_load(&questions[i].told), 1);
}

Test(ending, failures_are_results)
{
    struct question first = question(), second = question();
    uint64_t pid = start();
    cr_assert(ending_ask(rig.vm, pid, &first.ending));
    tell(pid, "fail");
    RIG_UNTIL(atomic_load(&first.told));
    cr_assert_eq(view(&first, 0).tag, CODEC_NIL);
    struct codec_view error = view(&first, 1);
    cr_assert(error.tag == CODEC_ERROR && error.string.length == 6 && !memcmp(error.string.data, "failed", 6));
    cr_assert_eq(atomic_load(&rig.errors), 0, "somebody waits for it, so it is not reported as unseen");
    buffer_unref(first.result);

    pid = start();
    cr_assert(ending_ask(rig.vm, pid, &second.ending));
    cr_assert(process_send_terminate(rig.vm, pid));
    RIG_UNTIL(atomic_load(&second.told));
    error = view(&second, 1);
    cr_assert(error.tag == CODEC_ERROR && !memcmp(error.string.data, "process terminated", 18));
    buffer_unref(second.result);
}

Test(ending, who_is_gone_cannot_be_asked)
{
    struct question late = question();
    uint64_t pid = start();
    tell(pid, "bye");
    RIG_UNTIL(!process_is_alive(rig.vm, pid));
    cr_assert_not(ending_ask(rig.vm, pid, &late.ending));
    cr_assert_not(ending_ask(rig.vm, 0, &late.ending));
    cr_assert_not(ending_ask(rig.vm, UINT64_MAX, &late.ending));
    cr_assert_eq(atomic_load(&late.told), 0);
}

/* Processes that end all the time: each question is refused or told, with a result or without. */
Test(ending, questions_race_ends)
{
    enum { ROUNDS = 300 };
    for (int i = 0; i < ROUNDS; i++) {
        struct question asked = question();
        uint64_t pid = start();
        tell(pid, "bye");
        if (!ending_ask(rig.vm, pid, &asked.ending))
            continue;
        RIG_UNTIL(atomic_load(&asked.told));
        if (asked.result)
            cr_assert_eq(view(&asked, 0).tag, CODEC_STRING);
        buffer_unref(asked.result);
    }
}

Test(ending, the_end_of_the_vm_tells_too)
{
    static struct question left;
    left = question();
    cr_assert(ending_ask(rig.vm, start(), &left.ending));
    rig_close(&rig);
    cr_assert_eq(atomic_load(&left.told), 1);
    cr_assert_eq(view(&left, 1).tag, CODEC_ERROR);
    buffer_unref(left.result);
    open_rig();
}

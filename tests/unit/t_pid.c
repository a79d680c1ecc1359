/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"
#include "vm/pid.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
}

static void close_rig(void)
{
    rig_close(&rig);
}

static int64_t parse(const char *text)
{
    return process_parse_pid(rig.vm, text, strlen(text));
}

Test(pid, fields_do_not_touch)
{
    uint64_t pid = pid_make((1u << PID_HOST_BITS) - 1, 0, 0);
    cr_assert_eq(pid_host(pid), (1u << PID_HOST_BITS) - 1);
    cr_assert_eq(pid_generation(pid), 0);
    cr_assert_eq(pid_slot(pid), 0);
    pid = pid_make(0, (1u << PID_GENERATION_BITS) - 1, 0);
    cr_assert_eq(pid_host(pid), 0);
    cr_assert_eq(pid_generation(pid), (1u << PID_GENERATION_BITS) - 1);
    cr_assert_eq(pid_slot(pid), 0);
    pid = pid_make(0, 0, (1u << PID_SLOT_BITS) - 1);
    cr_assert_eq(pid_host(pid), 0);
    cr_assert_eq(pid_generation(pid), 0);
    cr_assert_eq(pid_slot(pid), (1u << PID_SLOT_BITS) - 1);
    cr_assert_eq(PID_SLOT_BITS + PID_GENERATION_BITS + PID_HOST_BITS, 64);
}

Test(pid, every_field_comes_back)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t pid = (uint64_t)1 << bit;
        cr_assert_eq(pid_make(pid_host(pid), pid_generation(pid), pid_slot(pid)), pid, "bit %u", bit);
    }
}

Test(pid, numbers_keep_the_host_and_come_back)
{
    struct rng rng;
    rng_seed(&rng, 3);
    cr_assert_eq((PID_SPREAD * PID_UNSPREAD) & ((UINT64_C(1) << PID_SPREAD_BITS) - 1), 1);
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t pid = rng_next(&rng) >> i % 64, number = pid_to_number(pid);
        cr_assert_eq(pid_of_number(number), pid);
        cr_assert_eq(pid_to_number(pid_of_number(pid)), pid);
        cr_assert_eq(pid_host(number), pid_host(pid));
    }
}

/* As Lua would hash them if it looked at every other digit only, one way or the other. */
Test(pid, half_of_the_digits_tell_neighbours_apart)
{
    enum { PIDS = 4096 };
    static uint64_t seen[2][PIDS];
    for (uint32_t i = 0; i < PIDS; i++) {
        uint64_t number = pid_to_number(pid_make(1, 1 + i / 1024, i % 1024));
        for (unsigned half = 0; half < 2; half++)
            seen[half][i] = number & UINT64_C(0x0f0f0f0f0f0f0f0f) << 4 * half;
    }
    for (unsigned half = 0; half < 2; half++)
        for (uint32_t i = 0; i < PIDS; i++)
            for (uint32_t j = 0; j < i; j++)
                cr_assert_neq(seen[half][i], seen[half][j], "%u %u", i, j);
}

Test(pid, written_as_printf_would)
{
    struct rng rng;
    char text[17], expected[24];
    rng_seed(&rng, 4);
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t number = i == 0 ? 0 : rng_next(&rng) >> i % 64;
        size_t length = pid_write_number(number, text);
        text[length] = 0;
        snprintf(expected, sizeof expected, "%llx", (unsigned long long)number);
        cr_assert_str_eq(text, expected);
    }
}

Test(pid, text_and_back, .init = open_rig, .fini = close_rig)
{
    struct vm_host *host = vm_host_find(rig.vm, "t:h", 3);
    uint32_t generations[] = {1, 2, 0xabcdef, (1u << PID_GENERATION_BITS) - 1};
    char text[PID_TEXT_MAX];
    for (unsigned i = 0; i < sizeof generations / sizeof *generations; i++)
        for (uint32_t slot = 0; slot < 1u << PID_SLOT_BITS; slot = slot * 7 + 1) {
            uint64_t pid = pid_make(host->index, generations[i], slot);
            size_t length = process_format_pid(rig.vm, pid, text);
            cr_assert_eq(length, strlen(text));
            cr_assert_eq(strncmp(text, "{t:h|0x", 7), 0, "%s", text);
            cr_assert_eq((uint64_t)process_parse_pid(rig.vm, text, length), pid, "%s", text);
        }
}

Test(pid, text_is_what_printf_would_say, .init = open_rig, .fini = close_rig)
{
    char text[PID_TEXT_MAX], expected[PID_TEXT_MAX];
    uint64_t pid = native_pid(rig.native);
    process_format_pid(rig.vm, pid, text);
    snprintf(expected, sizeof expected, "{rig|0x%llx}", (unsigned long long)pid_to_number(pid));
    cr_assert_str_eq(text, expected);
}

Test(pid, nobody_has_no_text, .init = open_rig, .fini = close_rig)
{
    char text[PID_TEXT_MAX] = "x";
    cr_assert_eq(process_format_pid(rig.vm, 0, text), 0);
    cr_assert_str_eq(text, "");
    cr_assert_eq(process_format_pid(rig.vm, pid_make(77, 1, 1), text), 0, "a host that was never opened");
}

Test(pid, malformed_text_is_no_pid, .init = open_rig, .fini = close_rig)
{
    static const char *const bad[] = {"",
                                      "{",
                                      "{}",
                                      "name",
                                      "{t:h|0x}",
                                      "{t:h|1}",
                                      "{t:h|0xg}",
                                      "{t:h0x1}",
                                      "{t:h|0x1",
                                      "t:h|0x1}",
                                      "{t:h|0X1}",
                                      "{t:h|0xA}",
                                      "{t:h|0x00000000000000001}",
                                      "{t:h|0x 1}",
                                      "{t:h|0x-1}"};
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_eq(parse(bad[i]), 0, "%s", bad[i]);
}

Test(pid, unknown_host_is_told_apart, .init = open_rig, .fini = close_rig)
{
    cr_assert_eq(parse("{no:such|0x1}"), -1);
    cr_assert_eq(parse("just a name"), 0);
}

/* The text names a known host but a number that belongs to another one: PID syntax, yet nobody's. */
Test(pid, number_of_another_host_is_nobody, .init = open_rig, .fini = close_rig)
{
    char text[PID_TEXT_MAX];
    snprintf(text, sizeof text, "{t:h|0x%llx}", (unsigned long long)native_pid(rig.native));
    int64_t pid = parse(text);
    cr_assert_gt(pid, 0);
    cr_assert_neq((uint64_t)pid, native_pid(rig.native));
    cr_assert_not(process_is_alive(rig.vm, (uint64_t)pid));
}

Test(pid, longest_host_name_fits, .init = open_rig, .fini = close_rig)
{
    char name[400], text[PID_TEXT_MAX];
    memset(name, 'n', sizeof name);
    name[280] = 0;
    struct vm_host *host = vm_host_open(rig.vm, name, NULL);
    uint64_t pid = pid_make(host->index, (1u << PID_GENERATION_BITS) - 1, (1u << PID_SLOT_BITS) - 1);
    size_t length = process_format_pid(rig.vm, pid, text);
    cr_assert_lt(length, PID_TEXT_MAX);
    cr_assert_eq((uint64_t)process_parse_pid(rig.vm, text, length), pid);
}

/* A node with a name: its PIDs begin with it, and are understood without it too. */
Test(pid, node_name)
{
    struct rig node;
    char text[PID_TEXT_MAX];
    rig_open(&node, &(struct rig_options){.node = "worker-1"});
    uint64_t pid = pid_make(vm_host_open(node.vm, "t:h", NULL)->index, 1, 1);
    process_format_pid(node.vm, pid, text);
    cr_assert_eq(strncmp(text, "{worker-1@t:h|0x", 16), 0, "%s", text);
    cr_assert_eq((uint64_t)process_parse_pid(node.vm, text, strlen(text)), pid);
    char bare[PID_TEXT_MAX];
    snprintf(bare, sizeof bare, "{%s", text + 10);
    cr_assert_eq((uint64_t)process_parse_pid(node.vm, bare, strlen(bare)), pid, "%s", bare);
    static const char *const others[] = {"{worker-2@t:h|0x1}", "{worker@t:h|0x1}", "{@t:h|0x1}",
                                         "{worker-1@no:such|0x1}"};
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++)
        cr_assert_eq(process_parse_pid(node.vm, others[i], strlen(others[i])), -1, "%s", others[i]);
    rig_close(&node);
}

/* What pid_read_number says, by the definition of the form. */
static size_t read_plainly(const char *text, size_t length, uint64_t *number)
{
    size_t at = length - 1;
    *number = 0;
    while (at > 0 && strspn(text + at - 1, "0123456789abcdef") > 0)
        at--;
    if (at == length - 1 || length - 1 - at > 16 || at < 3 || memcmp(text + at - 3, "|0x", 3) != 0)
        return 0;
    for (size_t i = at; i < length - 1; i++)
        *number = *number << 4 | (uint64_t)(text[i] <= '9' ? text[i] - '0' : text[i] - 'a' + 10);
    return at - 3;
}

Test(pid, numbers_of_any_text)
{
    static const char characters[] = "0123456789abcdef0123456789abcdef0123456789abcdefgGAF|x{}@/:`\x7f\xe1\xb1";
    struct rng rng;
    unsigned good = 0;
    rng_seed(&rng, 5);
    for (unsigned i = 0; i < 400000; i++) {
        char text[40];
        size_t count = (size_t)rng_below(&rng, 19), before = 4 + (size_t)rng_below(&rng, 12), length = 0;
        length = (size_t)snprintf(text, sizeof text, "%.*s|0x", (int)before - 3, "{host:process");
        for (size_t k = 0; k < count; k++)
            text[length++] = characters[rng_below(&rng, i % 2 ? 48 : sizeof characters - 1)];
        text[length++] = '}';
        text[length] = 0;
        uint64_t number = 0, plain = 0;
        size_t read = pid_read_number(text, length, &number);
        cr_assert_eq(read, read_plainly(text, length, &plain), "%s", text);
        cr_assert(read == 0 || number == plain, "%s", text);
        good += read > 0;
    }
    cr_assert_gt(good, 100000);
}

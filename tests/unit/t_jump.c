/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <lauxlib.h>
#include <lualib.h>
#include <setjmp.h>
#include <stdlib.h>

/* What Lua's archive calls; its plain name is as glibc's header has it. */
void __longjmp_chk(jmp_buf at, int value) __attribute__((noreturn));

/* Jumps out of so many frames. */
static void leave(jmp_buf at, int depth, int value);
static void (*volatile leave_deeper)(jmp_buf at, int depth, int value) = leave;

static void leave(jmp_buf at, int depth, int value)
{
    if (depth == 0)
        __longjmp_chk(at, value);
    leave_deeper(at, depth - 1, value);
    cr_assert(0, "the jump returned");
}

Test(jump, returns_twice_with_the_value)
{
    jmp_buf at;
    volatile int times = 0;
    int value = _setjmp(at);
    times++;
    if (times < 4)
        leave(at, times * 10, times * 7);
    cr_assert_eq(times, 4);
    cr_assert_eq(value, 21);
}

/* Six values that the caller holds while it calls: the compiler keeps some in registers that a callee preserves. */
static __attribute__((noinline)) long with_registers(jmp_buf at, long a, long b, long c, long d, long e, long f)
{
    volatile int again = 0;
    if (_setjmp(at) == 0)
        leave(at, 3, 1);
    else
        again = 1;
    return again * (a + 10 * b + 100 * c + 1000 * d + 10000 * e + 100000 * f);
}

Test(jump, keeps_what_the_caller_holds)
{
    jmp_buf at;
    long a = random() % 10, b = random() % 10, c = random() % 10, expected = a + 10 * b + 100 * c + 654000;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(with_registers(at, a, b, c, 4, 5, 6), expected);
    cr_assert_eq(a + 10 * b + 100 * c + 654000, expected);
}

Test(jump, ends_at_the_frame_it_was_made_in)
{
    jmp_buf outer, inner;
    volatile int path = 0;
    if (_setjmp(outer) == 0) {
        if (_setjmp(inner) == 0)
            leave(inner, 2, 1);
        path = path * 10 + 1;
        leave(outer, 2, 1);
    }
    path = path * 10 + 2;
    cr_assert_eq(path, 12);
}

static int fails(lua_State *L)
{
    lua_pushfstring(L, "at %d", (int)lua_tointeger(L, 1));
    return lua_error(L);
}

/* Errors within protected calls within coroutines, as Lua makes them. */
Test(jump, carries_errors_and_yields)
{
    lua_State *L = luaL_newstate();
    luaL_openlibs(L);
    lua_register(L, "fails", fails);
    cr_assert_eq(
        luaL_dostring(L, "local co = coroutine.wrap(function() for i = 1, 100 do\n"
                         "  local ok, message = pcall(function() coroutine.yield(i); pcall(fails, i) fails(i) end)\n"
                         "  assert(not ok and message == 'at ' .. i); coroutine.yield(message) end end)\n"
                         "for i = 1, 100 do assert(co() == i); assert(co() == 'at ' .. i) end"),
        LUA_OK, "%s", lua_tostring(L, -1));
    lua_close(L);
}

#ifdef MOONLET_JUMP
void __wrap___longjmp_chk(jmp_buf at, int value);
int __wrap__setjmp(jmp_buf at);

Test(jump, is_what_this_program_has)
{
    cr_assert_eq((void *)__longjmp_chk, (void *)__wrap___longjmp_chk);
    cr_assert_eq((void *)_setjmp, (void *)__wrap__setjmp);
}

/*
 * Gives the registers that a callee preserves values of its own, makes `at`, and has `leave` jump there. Returns the bits in which any of them
 * is another then. In assembler, for these tests are compiled without optimisation: nothing of theirs is in such a register.
 */
static __attribute__((naked, noinline)) long changed_by_jump(jmp_buf at __attribute__((unused)),
                                                             void (*spoil)(jmp_buf at) __attribute__((unused)))
{
    __asm__("pushq %rbx\n\t"
            "pushq %rbp\n\t"
            "pushq %r12\n\t"
            "pushq %r13\n\t"
            "pushq %r14\n\t"
            "pushq %r15\n\t"
            "subq $24, %rsp\n\t"
            "movq %rdi, 0(%rsp)\n\t"
            "movq %rsi, 8(%rsp)\n\t"
            "movq $0x11111111, %rbx\n\t"
            "movq $0x22222222, %rbp\n\t"
            "movq $0x33333333, %r12\n\t"
            "movq $0x44444444, %r13\n\t"
            "movq $0x55555555, %r14\n\t"
            "movq $0x66666666, %r15\n\t"
            "call _setjmp@PLT\n\t"
            "testl %eax, %eax\n\t"
            "jnz 1f\n\t"
            "movq 0(%rsp), %rdi\n\t"
            "call *8(%rsp)\n\t"
            "1:\n\t"
            "xorq $0x11111111, %rbx\n\t"
            "xorq $0x22222222, %rbp\n\t"
            "xorq $0x33333333, %r12\n\t"
            "xorq $0x44444444, %r13\n\t"
            "xorq $0x55555555, %r14\n\t"
            "xorq $0x66666666, %r15\n\t"
            "movq %rbx, %rax\n\t"
            "orq %rbp, %rax\n\t"
            "orq %r12, %rax\n\t"
            "orq %r13, %rax\n\t"
            "orq %r14, %rax\n\t"
            "orq %r15, %rax\n\t"
            "addq $24, %rsp\n\t"
            "popq %r15\n\t"
            "popq %r14\n\t"
            "popq %r13\n\t"
            "popq %r12\n\t"
            "popq %rbp\n\t"
            "popq %rbx\n\t"
            "ret");
}

static void spoil_all(jmp_buf at)
{
    __asm__ volatile("movq $-1, %%rbx\n\t"
                     "movq $-1, %%r12\n\t"
                     "movq $-1, %%r13\n\t"
                     "movq $-1, %%r14\n\t"
                     "movq $-1, %%r15"
                     :
                     :
                     : "rbx", "r12", "r13", "r14", "r15");
    __longjmp_chk(at, 1);
}

Test(jump, restores_each_register)
{
    jmp_buf at;
    cr_assert_eq(changed_by_jump(at, spoil_all), 0);
}
#endif

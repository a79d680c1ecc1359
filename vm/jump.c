/* SPDX-License-Identifier: MIT */
/*
 * jump: _setjmp and longjmp as Lua's archive calls them; the linker puts these in their place (--wrap, cmake/dependencies.cmake). A coroutine that
 * yields, an error, and a table that gets its first hash part each need one or both. glibc's save and scramble the same eight registers, and
 * besides look whether a signal mask was saved, walk the cleanup handlers of the thread, and check that the frame jumped to still lives: a
 * hundred instructions for each message that a process waits for, against twenty-two. Lua saves no mask, has no cleanup handlers, and leaves
 * luaD_rawrunprotected, where all its jumps end, by no other way.
 *
 * For x86-64 (System V ABI, 3.2.1: the registers that a callee preserves). Sanitizers want to see each jump: there, as on other processors, glibc's are used.
 * CET's shadow stacks would need more; Lua's archive is not marked for them, so the process runs without.
 */
#include <setjmp.h>

_Static_assert(sizeof(jmp_buf) >= 8 * sizeof(void *), "jmp_buf holds the registers");

/* Not counted in a training build either: what counts is code that the compiler puts before ours, and it may use any register. */
int __wrap__setjmp(jmp_buf at) __attribute__((naked, returns_twice, no_profile_instrument_function));
void __wrap___longjmp_chk(jmp_buf at, int value) __attribute__((naked, noreturn, no_profile_instrument_function));

/* Returns 0, and once more what a jump to `at` gives. */
int __wrap__setjmp(jmp_buf at __attribute__((unused)))
{
    __asm__("movq (%rsp), %rdx\n\t" /* where this call returns to, and the stack as it is then */
            "leaq 8(%rsp), %rcx\n\t"
            "movq %rbx, 0(%rdi)\n\t"
            "movq %rbp, 8(%rdi)\n\t"
            "movq %r12, 16(%rdi)\n\t"
            "movq %r13, 24(%rdi)\n\t"
            "movq %r14, 32(%rdi)\n\t"
            "movq %r15, 40(%rdi)\n\t"
            "movq %rcx, 48(%rdi)\n\t"
            "movq %rdx, 56(%rdi)\n\t"
            "xorl %eax, %eax\n\t"
            "ret");
}

/* `value` is not 0. */
void __wrap___longjmp_chk(jmp_buf at __attribute__((unused)), int value __attribute__((unused)))
{
    __asm__("movl %esi, %eax\n\t"
            "movq 0(%rdi), %rbx\n\t"
            "movq 8(%rdi), %rbp\n\t"
            "movq 16(%rdi), %r12\n\t"
            "movq 24(%rdi), %r13\n\t"
            "movq 32(%rdi), %r14\n\t"
            "movq 40(%rdi), %r15\n\t"
            "movq 48(%rdi), %rsp\n\t"
            "jmpq *56(%rdi)");
}

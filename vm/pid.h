/* SPDX-License-Identifier: MIT */
/*
 * pid: the name of a process, in 64 bits: host group (12), generation of the slot (28), slot (24). As text "{host|0x…}"; programs
 * compare the text only. 0 is nobody.
 */
#ifndef VM_PID_H
#define VM_PID_H

#include <stddef.h>
#include <stdint.h>

enum { PID_SLOT_BITS = 24, PID_GENERATION_BITS = 28, PID_HOST_BITS = 12, PID_TEXT_MAX = 384 };

static inline uint64_t pid_make(uint32_t host, uint32_t generation, uint32_t slot)
{
    return (uint64_t)host << (PID_SLOT_BITS + PID_GENERATION_BITS) | (uint64_t)generation << PID_SLOT_BITS | slot;
}

static inline uint32_t pid_slot(uint64_t pid)
{
    return pid & ((1u << PID_SLOT_BITS) - 1);
}

static inline uint32_t pid_generation(uint64_t pid)
{
    return pid >> PID_SLOT_BITS & ((1u << PID_GENERATION_BITS) - 1);
}

static inline uint32_t pid_host(uint64_t pid)
{
    return (uint32_t)(pid >> (PID_SLOT_BITS + PID_GENERATION_BITS));
}

/*
 * The number in the text of a PID, and back: the lower 52 bits spread over all digits (a product, mod 2^52). Lua hashes only every other byte of a
 * string of 32 bytes or more, and PIDs as they are differ in few of their digits: sixteen or more of them would have one hash.
 */
enum { PID_SPREAD_BITS = PID_SLOT_BITS + PID_GENERATION_BITS };
#define PID_SPREAD UINT64_C(0x779b97f4a7c15)
#define PID_UNSPREAD UINT64_C(0xe83e19937733d) /* PID_SPREAD * PID_UNSPREAD is 1 */

static inline uint64_t pid_multiply(uint64_t pid, uint64_t factor)
{
    uint64_t lower = ((uint64_t)1 << PID_SPREAD_BITS) - 1;
    return (pid & ~lower) | (pid * factor & lower);
}

static inline uint64_t pid_to_number(uint64_t pid)
{
    return pid_multiply(pid, PID_SPREAD);
}

static inline uint64_t pid_of_number(uint64_t number)
{
    return pid_multiply(number, PID_UNSPREAD);
}

/* Writes a number in hexadecimal without leading zeros; returns the length. Always writes to 16 bytes, of which those behind it mean nothing. */
size_t pid_write_number(uint64_t number, char text[static 16]);

/* Reads the number of a text that ends in "|0x…}"; returns how many bytes are before the bar, 0: none, or another form. `length` is not 0. */
size_t pid_read_number(const char *text, size_t length, uint64_t *number);

#endif

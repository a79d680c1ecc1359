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

/* Writes the number of a PID as its text has it, hexadecimal without leading zeros; returns the length, at most 16. */
size_t pid_write_number(uint64_t pid, char *text);

/* Reads the number of a text that ends in "|0x…}"; returns how many bytes are before the bar, 0: none, or another form. `length` is not 0. */
size_t pid_read_number(const char *text, size_t length, uint64_t *number);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * pid_memo: the texts of PIDs that one worker has read lately. What such a text means never changes, for hosts are never removed. Comparing a text with
 * one that was read before takes a third of reading it.
 */
#ifndef VM_PID_MEMO_H
#define VM_PID_MEMO_H

#include <stddef.h>
#include <stdint.h>

enum { PID_MEMO_PLACES = 4096, PID_MEMO_TEXT = 55 };

/* A cache line; `pid` 0: nothing. */
struct pid_memo_place {
    uint64_t pid;
    uint8_t length;
    char text[PID_MEMO_TEXT];
};

struct pid_memo {
    struct pid_memo_place places[PID_MEMO_PLACES];
};

/* The PID of the text, 0: it is not in the memo. */
uint64_t pid_memo_find(const struct pid_memo *memo, const char *text, size_t length);

/* Keeps it, in place of another; long texts are not kept. */
void pid_memo_keep(struct pid_memo *memo, const char *text, size_t length, uint64_t pid);

#endif

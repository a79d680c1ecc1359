/* SPDX-License-Identifier: MIT */
/*
 * tsan: tells ThreadSanitizer what it cannot see. liburing maps and unmaps the memory of rings with system calls of its
 * own, so without help a ring at the address of an earlier ring of another thread looks like a race with that thread.
 */
#ifndef IO_TSAN_H
#define IO_TSAN_H

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define IO_TSAN 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define IO_TSAN 1
#endif

#ifdef IO_TSAN
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define tsan_acquire(address) __tsan_acquire((void *)(address))
#define tsan_release(address) __tsan_release((void *)(address))
#else
#define tsan_acquire(address) ((void)(address))
#define tsan_release(address) ((void)(address))
#endif

#endif

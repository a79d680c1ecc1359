/* SPDX-License-Identifier: MIT */
/*
 * blocking: a bounded pool of threads for calls that block or run long. A job is a function and a pointer; its owner
 * keeps the job's memory until `run` is called, and learns of the end by what `run` itself does (post a message, wake a
 * task). Jobs are started in the order they were given. In seeded mode jobs run on the VM thread at a seeded later point.
 */
#ifndef SCHED_BLOCKING_H
#define SCHED_BLOCKING_H

struct sched;
struct blocking_job;

typedef void (*blocking_run_f)(struct blocking_job *job);

struct blocking_job {
    struct blocking_job *next;
    blocking_run_f run; /* on a pool thread; may free the job */
};

/* Takes the job; never blocks. Any thread. 0, or -ESHUTDOWN when the scheduler is stopping (the job was not taken). */
int blocking_submit(struct sched *sched, struct blocking_job *job);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The mailbox of vm/slot.c on the state word of sched/task.c (task.pml): whoever pushes onto an empty mailbox wakes the task afterwards, others do
 * not (I4 of slot.h). A slice drains when it begins, perhaps once more, and parks; or it closes the mailbox, ends, and the slot gets its next user.
 * `mail` counts what is in the mailbox, whomever it is for. A push, a drain, and a wake-up are single atomic steps.
 *
 * Checked: when nothing can move any more the mailbox is empty and the task IDLE.
 *
 * Built with one of these the model must fail (run.sh checks that it does):
 *   WAKE_SEEN   a sender goes by what it saw in the mailbox before, not by what its push has met
 *   WAKE_FIRST  the wake-up comes before the push
 *   NO_DRAIN    a slice may begin without a drain
 *   OPEN_FIRST  the mailbox opens before the task of its new user is made
 */
#define SENDERS 3
#define WORKERS 2

mtype = { IDLE, QUEUED, RUNNING, NOTIFIED, DONE };

mtype state = IDLE;
byte mail, queued, running;
bool closed;
byte users = 2; /* of the slot, after the first */

inline wake()
{
    atomic {
        if
        :: state == IDLE -> state = QUEUED; queued++; assert(queued == 1)
        :: state == RUNNING -> state = NOTIFIED
        :: else -> skip
        fi
    }
}

proctype sender()
{
    bool was_open, was_empty, saw_empty;
    saw_empty = (mail == 0);
#ifdef WAKE_FIRST
    if :: saw_empty -> wake() :: else -> skip fi;
#endif
    atomic {
        was_open = !closed;
        was_empty = (mail == 0);
        if :: was_open -> mail++ :: else -> skip fi
    };
#ifdef WAKE_SEEN
    was_empty = saw_empty;
#endif
#ifndef WAKE_FIRST
    if :: was_open && was_empty -> wake() :: else -> skip fi
#endif
}

proctype worker()
{
    bool again;
    do
    :: atomic { queued > 0 -> queued--; };
       assert(state == QUEUED);
       atomic { state = RUNNING; running++; assert(running == 1) };
#ifdef NO_DRAIN
       if :: mail = 0 :: skip fi;
#else
       mail = 0;
#endif
       if
       :: skip
       :: mail = 0
       :: users > 0 ->
          users--;
          atomic { mail = 0; closed = true };
          state = DONE;
#ifdef OPEN_FIRST
          closed = false;
          state = RUNNING
#else
          state = RUNNING;
          closed = false
#endif
       fi;
       running--;
       atomic { if :: state == RUNNING -> state = IDLE; again = false :: else -> again = true fi };
       if
       :: again -> state = QUEUED; atomic { queued++; assert(queued == 1) }
       :: else -> skip
       fi;
       again = false
    od
}

init {
    byte i;
    atomic {
        i = 0;
        do :: i < WORKERS -> run worker(); i++ :: else -> break od;
        i = 0;
        do :: i < SENDERS -> run sender(); i++ :: else -> break od
    };
    timeout -> assert(mail == 0 && state == IDLE && queued == 0 && running == 0)
}

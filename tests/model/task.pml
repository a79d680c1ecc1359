/* SPDX-License-Identifier: MIT */
/*
 * The state word of sched/task.c: wakers publish something and wake; a worker runs the task, whose slice takes what has been
 * published when it looks. The wake and the changes of the word are single atomic steps, as the read-modify-writes are.
 *
 * Checked: the task is never in a queue twice and never run twice at once; when nothing can move any more it is IDLE and
 * everything published was taken.
 *
 * Built with one of these the model must fail (run.sh checks that it does):
 *   NO_NOTIFY   a wake-up that meets RUNNING does nothing
 *   EARLY_LOAD  a wake-up decides by a state that was read before its data can be seen (a plain load does that)
 *   BLIND_PARK  the end of a slice stores IDLE whatever the word is
 */
#define WAKERS 3
#define WORKERS 2

mtype = { IDLE, QUEUED, RUNNING, NOTIFIED };

mtype state = IDLE;
byte queued, running;
bool published[WAKERS];

inline act_on(s)
{
    if
    :: s == IDLE -> state = QUEUED; queued++; assert(queued == 1)
#ifndef NO_NOTIFY
    :: s == RUNNING -> state = NOTIFIED
#endif
    :: else -> skip
    fi
}

proctype waker(byte i)
{
    mtype seen;
#ifdef EARLY_LOAD
    seen = state;
    published[i] = true;
    atomic {
        if
        :: seen == QUEUED || seen == NOTIFIED -> skip
        :: else -> act_on(state)
        fi
    }
#else
    published[i] = true;
    atomic { act_on(state) }
#endif
}

proctype worker()
{
    byte i;
    bool again;
    do
    :: atomic { queued > 0 -> queued--; };
       assert(state == QUEUED);
       atomic { state = RUNNING; running++; assert(running == 1) };
       i = 0;
       do
       :: i < WAKERS -> published[i] = false; i++
       :: else -> break
       od;
       running--;
#ifdef BLIND_PARK
       again = (state == NOTIFIED);
       if :: !again -> state = IDLE :: else -> skip fi;
#else
       atomic { if :: state == RUNNING -> state = IDLE; again = false :: else -> again = true fi };
#endif
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
        run worker();
        run worker();
        run waker(0);
        run waker(1);
        run waker(2)
    };
    timeout ->
        assert(state == IDLE && queued == 0 && running == 0);
        assert(!published[0] && !published[1] && !published[2])
}

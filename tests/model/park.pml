/* SPDX-License-Identifier: MIT */
/*
 * The park and wake protocol of sched/idle.c: W workers and F other threads that push. Every step between two `;` is atomic,
 * all memory is sequentially consistent: that is what the fences of the real code provide at the places where the
 * protocol needs it. The first task to run pushes one more, so that both sides of idle_wake_one occur.
 *
 * Checked: when nothing can move any more, no task is queued, nobody counts as searching, and every task has run once. One
 * task of a run may be endless: then the other worker runs all the rest.
 *
 * Built with one of these the model must fail (run.sh checks that it does):
 *   NO_LOOK    a worker sleeps without looking at the queues after it has set its bit
 *   NO_FENCE   a pusher reads `searching` and the map before its task can be seen
 *   NO_UNDO    a waker that found nobody to claim does not look again
 *   NO_HANDOVER a searcher that found work does not look whether more is waiting
 */
#define W 2
#define F 2

byte queue[W];      /* tasks that thieves can take */
bit asleep_bit[W];
byte token[W];      /* sticky wake of the poller */
byte searching;
byte pushed, ran;
byte children = 1;
bool is_stuck;      /* a worker is in an endless task */

/* idle_wake_one. Variables of the caller: k, who. */
inline wake_one()
{
    do
    :: (searching > 0 || !(asleep_bit[0] || asleep_bit[1])) -> break
    :: else ->
        if
        :: atomic { searching == 0 -> searching = 1 }
           who = W;
           k = 0;
           do
           :: k < W -> atomic { if :: asleep_bit[k] -> asleep_bit[k] = 0; who = k; k = W :: else -> k++ fi }
           :: else -> break
           od;
           if
           :: who < W -> token[who] = 1; break
           :: else ->
               searching--;
#ifdef NO_UNDO
               break
#else
               if :: (queue[0] + queue[1] == 0) -> break :: else -> skip fi
#endif
           fi
        :: searching > 0 -> break
        fi
    od;
    atomic { k = 0; who = 0 } /* fewer states */
}

/* The two reads of wake_one come before the task is visible. */
inline push_without_fence(at)
{
    early = (searching > 0 || !(asleep_bit[0] || asleep_bit[1]));
    queue[at]++;
    if :: early -> skip :: else -> wake_one() fi
}

inline push(at)
{
    pushed++;
#ifdef NO_FENCE
    push_without_fence(at)
#else
    queue[at]++;
    wake_one()
#endif
}

/* idle_search_end */
inline search_end()
{
    is_searching = false;
    atomic { searching--; last = (searching == 0) };
#ifndef NO_HANDOVER
    if
    :: last && (queue[0] + queue[1] > 0) -> wake_one()
    :: else -> skip
    fi;
#endif
    last = false
}

inline run_task()
{
    ran++;
    atomic { if :: children > 0 -> children--; more = true :: else -> more = false fi };
    if :: more -> push(me) :: else -> skip fi;
    more = false;
    if
    :: atomic { !is_stuck -> is_stuck = true }; false
    :: skip
    fi
}

proctype worker(byte me)
{
    byte k, who;
    bool early, last, more, is_searching, got;
    do
    :: atomic { queue[me] > 0 -> queue[me]-- };
       if :: is_searching -> search_end() :: else -> skip fi;
       run_task()
    :: queue[me] == 0 ->
       if :: !is_searching -> atomic { searching++; is_searching = true } :: else -> skip fi;
       got = false;
       atomic { if :: queue[1 - me] > 0 -> queue[1 - me]--; got = true :: else -> skip fi };
       if
       :: got -> got = false; search_end(); run_task()
       :: else ->
           /* worker_park */
           asleep_bit[me] = 1;
           atomic { searching--; is_searching = false };
#ifdef NO_LOOK
           got = false;
#else
           got = (queue[0] > 0);
           if :: !got -> got = (queue[1] > 0) :: else -> skip fi;
#endif
           if
           :: !got ->
               atomic { token[me] > 0 -> token[me] = 0 }
           :: else -> got = false
           fi;
           atomic { if :: asleep_bit[me] -> asleep_bit[me] = 0 :: else -> is_searching = true fi }
       fi
    od
}

proctype foreign(byte at)
{
    byte k, who;
    bool early;
    push(at)
}

init {
    atomic {
        run worker(0);
        run worker(1);
        run foreign(0);
        run foreign(1)
    };
    timeout ->
        assert(queue[0] == 0 && queue[1] == 0);
        assert(searching == 0);
        assert(ran == pushed && pushed == F + 1)
}

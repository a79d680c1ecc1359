/* SPDX-License-Identifier: MIT */
/*
 * Who wakes for the timers of sleeping workers: sched/keeper.c. Each worker has at most one timer; between two sleeps it may arm one, up to two
 * ticks ahead, and fires what is due, its own and that of those who rely. Once the first one changes its mind and arms another instead, or who
 * fires finds one more behind the first. Time goes on only while all sleep, to the earliest time at which one of them means to wake; once
 * somebody is woken for something else. All memory is sequentially consistent, every step between two `;` is atomic. Who relies
 * sleeps for ever here: the grace of keeper.h is for what this model does not know.
 *
 * Checked: while all sleep, the first of them wakes by the time that each timer is due; in the end no timer is left.
 *
 * Built with one of these the model must fail (run.sh checks that it does):
 *   NO_RECHECK   who relies does not look a second time whether the keeper still sleeps
 *   LOWER_LATE   it looks that second time before it has said when its timer is due
 *   KEEPS_ON     a keeper that wakes does not take back that it will wake
 *   OWN_ONLY     who parks wakes for its own timer only
 *   OWN_DUE      it looks that second time who wakes by its own timer, not by those of all who rely
 *   SPARE_FIRES  one who does not look at `due` when it parks fires for others, as a spare or the monitor would
 *   CLEAR_LATE   who fires forgets what others have said after it has looked at their wheels, not before
 */
#if defined(NO_RECHECK) || defined(LOWER_LATE)
#define RELIES got || (own[me] == NEVER && wakes <= others)
#elif defined(OWN_DUE)
#define RELIES (got && wakes <= own[me]) || (own[me] == NEVER && wakes <= others)
#else
#define RELIES (got || own[me] == NEVER) && wakes <= others
#endif

#define W 3
#define NEVER 5

byte now;
byte wakes = NEVER, due = NEVER; /* struct keeper */
byte own[W] = NEVER;             /* next_due_ns of the wheels */
byte until[W];
bit relies[W], asleep[W];
byte kicks = 1;
bit extra = 1, spare_fires;

inline lower_due(to)
{
    atomic { if :: to < due -> due = to :: else -> skip fi }
}

inline fire_others()
{
#ifndef CLEAR_LATE
    due = NEVER;
#endif
    v = 0;
    do
    :: v < W ->
        if
        :: relies[v] ->
            atomic {
                if
                :: own[v] <= now && extra && now < 3 -> extra = 0; own[v] = now + 1
                :: own[v] <= now -> own[v] = NEVER
                :: else -> skip
                fi
            };
            lower_due(own[v])
        :: else -> skip
        fi;
        v++
    :: else -> break
    od;
#ifdef CLEAR_LATE
    due = NEVER;
#endif
    v = 0
}

/* keeper_sleep; the answer in `until[me]`. */
inline keeper_sleep()
{
    got = false;
    if
    :: own[me] < NEVER && wakes <= own[me] ->
        relies[me] = 1;
#ifdef LOWER_LATE
        got = (wakes <= own[me]);
        lower_due(own[me])
#else
        lower_due(own[me]);
        got = true
#endif
    :: else -> skip
    fi;
#ifdef OWN_ONLY
    others = NEVER;
#else
    others = due;
#endif
    atomic {
        if :: own[me] < others -> others = own[me] :: else -> skip fi;
        if :: RELIES -> until[me] = NEVER :: else -> until[me] = others; got = false fi
    };
    if
    :: until[me] < NEVER ->
        relies[me] = 0;
        atomic { if :: until[me] < wakes -> wakes = until[me]; keeps = until[me] :: else -> skip fi }
    :: else -> skip
    fi;
    atomic { got = false; others = 0 } /* fewer states */
}

inline keeper_wake()
{
    atomic {
#ifndef KEEPS_ON
        if :: keeps < NEVER && wakes == keeps -> wakes = NEVER :: else -> skip fi;
#endif
        keeps = NEVER
    };
    relies[me] = 0
}

proctype worker(byte me)
{
    byte v, others, keeps = NEVER;
    byte arms = 1;
    bool got;
    do
    :: atomic { if :: own[me] <= now -> own[me] = NEVER :: else -> skip fi };
       if
       :: atomic { me == 0 && extra && own[me] < NEVER -> extra = 0; own[me] = NEVER; arms++ }
       :: skip
       fi;
       if
       :: atomic { arms > 0 && own[me] == NEVER && now < 3 -> arms--; own[me] = now + 1 }
       :: atomic { arms > 0 && own[me] == NEVER && now < 2 -> arms--; own[me] = now + 2 }
       :: skip
       fi;
       if :: due <= now -> fire_others() :: else -> skip fi;
       keeper_sleep();
       if
       :: until[me] > now ->
           atomic { asleep[me] = 1 };
end:       atomic {
               asleep[me] && (until[me] <= now || kicks > 0);
               if :: until[me] > now -> kicks-- :: else -> skip fi;
               asleep[me] = 0
           }
       :: else -> skip
       fi;
       keeper_wake()
    od
}

#ifdef SPARE_FIRES
active proctype spare()
{
    byte v;
    atomic { due <= now -> spare_fires = 1 };
    fire_others();
    spare_fires = 0
}
#endif

active proctype time()
{
    byte first;
    do
    :: atomic {
           asleep[0] && asleep[1] && asleep[2] && !spare_fires ->
           first = (until[0] < until[1] -> until[0] : until[1]);
           first = (until[2] < first -> until[2] : first);
           assert(own[0] >= first && own[1] >= first && own[2] >= first);
           if :: first == NEVER -> break :: else -> now = first; first = 0 fi
       }
    od
}

init {
    atomic {
        run worker(0);
        run worker(1);
        run worker(2)
    }
}

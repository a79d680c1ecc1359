/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/*
 * Eight threads and several processes send to one receiver. Nothing is lost, nothing comes twice, each sender's messages arrive in order.
 * Then the same against receivers that end at a random moment: what was accepted is counted out again when all is over.
 * Usage: s_mailbox [seed [scale]]
 */
#include <errno.h>

#include "sched/base/rng.h"
#include "tests/unit/vm_rig.h"

enum { THREADS = 8, SENDERS = 4, MESSAGES = 2000, CLOSE_ROUNDS = 30 };

static struct rig rig;
static uint64_t receiver;
static unsigned scale = 1;

struct sender {
    pthread_t thread;
    struct rng rng;
    unsigned number, count;
};

static void *send_all(void *arg)
{
    struct sender *s = arg;
    for (unsigned i = 1; i <= s->count; i++) {
        struct codec_bytes bytes = {0};
        codec_begin(&bytes, 1);
        codec_put_table(&bytes, 2, 0);
        codec_put_integer(&bytes, s->number);
        codec_put_integer(&bytes, i);
        if (rng_below(&s->rng, 8) == 0)
            sched_yield();
        int result = process_send_encoded(rig.vm, 0, receiver, "n", 1, bytes.data, bytes.length);
        codec_bytes_free(&bytes);
        if (result == -ESRCH)
            break;
        if (result == -ENOBUFS) {
            rig_pause();
            i--;
        }
    }
    return NULL;
}

static void run_senders(unsigned count, uint64_t seed)
{
    struct sender senders[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        senders[i] = (struct sender){.number = i + 1, .count = count};
        rng_seed(&senders[i].rng, seed + i);
        pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
    }
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(senders[i].thread, NULL);
}

static void add_programs(void)
{
    /* named, counts what comes from each sender; gives up after a number of messages if told so */
    rig_add(
        &rig, "t:receiver",
        "return function(most, senders)\n"
        "  local last, got, topic = {}, 0, process.listen('n', {message = true})\n"
        "  process.registry.register('receiver')\n"
        "  for i = 1, senders do process.spawn('t:sender', 't:h', process.pid(), 100 + i, most // (8 + senders)) end\n"
        "  while got < most do\n"
        "    local p = topic:receive():payload():data()\n"
        "    local who, n = p[1], p[2]\n"
        "    if (last[who] or 0) + 1 ~= n then error(('%d: %d after %d'):format(who, n, last[who] or 0)) end\n"
        "    last[who], got = n, got + 1\n"
        "  end\n"
        "  return got\n"
        "end");
    rig_add(&rig, "t:sender",
            "return function(to, me, count)\n"
            "  for i = 1, count do\n"
            "    while true do\n"
            "      local ok, err = process.send(to, 'n', {me, i})\n"
            "      if ok then break end\n"
            "      if err:kind() ~= errors.RATE_LIMITED then return end\n"
            "      coroutine.yield()\n"
            "    end\n"
            "  end\n"
            "end");
}

static void *run_receiver(void *arg)
{
    struct codec_bytes *args = arg;
    rig_run_with(&rig, "t:receiver", args->data, args->length);
    return NULL;
}

/* One receiver that ends after `most` messages, under fire of everybody. */
static void round_of(unsigned most, unsigned senders, unsigned per_thread, uint64_t seed)
{
    struct codec_bytes args = {0};
    pthread_t thread;
    codec_begin(&args, 2);
    codec_put_integer(&args, most);
    codec_put_integer(&args, senders);
    pthread_create(&thread, NULL, run_receiver, &args);
    RIG_UNTIL((receiver = process_lookup_name(rig.vm, "receiver", 8)) != 0);
    run_senders(per_thread, seed);
    pthread_join(thread, NULL);
    codec_bytes_free(&args);
    if (rig.last.failed || rig_integer(&rig.last) != most)
        rig_die("receiver: %s", rig_text(&rig));
    RIG_UNTIL(vm_host_live(rig.host) == 0);
}

int main(int argc, char **argv)
{
    uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : rng_entropy();
    if (argc > 2)
        scale = (unsigned)atoi(argv[2]);
    printf("seed %llu\n", (unsigned long long)seed);
    fflush(stdout);
    struct rng rng;
    rng_seed(&rng, seed);
    rig_open(&rig, &(struct rig_options){.workers = 3, .limits = {.mailbox_limit = 3000}});
    add_programs();
    unsigned count = MESSAGES * scale;
    round_of(count * (THREADS + SENDERS), SENDERS, count, rng_next(&rng));
    for (unsigned i = 0; i < CLOSE_ROUNDS * scale; i++)
        round_of(1 + (unsigned)rng_below(&rng, 500), (unsigned)rng_below(&rng, SENDERS), 500, rng_next(&rng));
    rig_close(&rig); /* counts what is left */
    return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * fuzz_driver: main() for a fuzz target where libFuzzer is not linked, so that every preset and both compilers run the
 * targets over their corpus and a fixed number of mutations of it.
 *
 * fuzz_driver <runs> <seed> [corpus directory or file]...
 * Input number i is a corpus file for i < corpus size, then random bytes or a corpus file with some bytes changed, cut,
 * doubled or inserted. The same seed gives the same inputs. A failing input is the one whose number was printed last with
 * FUZZ_TRACE=1 in the environment.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_LIMIT = 4096, INPUT_LIMIT = 65536, RANDOM_LIMIT = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    uint8_t *bytes;
    size_t size;
};

struct corpus {
    struct input files[FILES_LIMIT];
    unsigned count;
};

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t limit)
{
    return limit == 0 ? 0 : (size_t)(next_random(state) % limit);
}

static void add_file(struct corpus *corpus, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || corpus->count == FILES_LIMIT) {
        fprintf(stderr, "fuzz_driver: cannot take %s\n", path);
        exit(EXIT_FAILURE);
    }
    struct input *input = &corpus->files[corpus->count++];
    input->bytes = malloc(INPUT_LIMIT);
    input->size = input->bytes ? fread(input->bytes, 1, INPUT_LIMIT, file) : 0;
    fclose(file);
}

static void add_path(struct corpus *corpus, const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return; /* a target need not have a corpus */
    if (!S_ISDIR(info.st_mode)) {
        add_file(corpus, path);
        return;
    }
    struct dirent **names;
    int count = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            add_path(corpus, name);
        free(names[i]);
    }
    if (count >= 0)
        free(names);
}

static size_t fill_random(uint8_t *bytes, uint64_t *state)
{
    size_t size = below(state, RANDOM_LIMIT);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)next_random(state);
    return size;
}

/* One change; the buffer holds INPUT_LIMIT bytes. Returns the new size. */
static size_t mutate_once(uint8_t *bytes, size_t size, uint64_t *state)
{
    static const uint8_t interesting[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '\r', ' ', '"', '\\', '{', '}', ':', '-'};
    size_t at = below(state, size);
    size_t length = below(state, size - at > 64 ? 64 : size - at + 1);
    switch (next_random(state) % 6) {
    case 0: /* flip a bit */
        if (size > 0)
            bytes[at] ^= (uint8_t)(1u << below(state, 8));
        return size;
    case 1: /* a byte that tends to matter */
        if (size > 0)
            bytes[at] = interesting[below(state, sizeof interesting)];
        return size;
    case 2: /* cut the end */
        return at;
    case 3: /* remove a stretch */
        memmove(bytes + at, bytes + at + length, size - at - length);
        return size - length;
    case 4: /* repeat a stretch */
        if (size + length > INPUT_LIMIT)
            return size;
        memmove(bytes + at + length, bytes + at, size - at);
        return size + length;
    default: /* insert a byte */
        if (size == INPUT_LIMIT)
            return size;
        memmove(bytes + at + 1, bytes + at, size - at);
        bytes[at] = (uint8_t)next_random(state);
        return size + 1;
    }
}

static size_t make_input(const struct corpus *corpus, unsigned long number, uint8_t *bytes, uint64_t *state)
{
    if (number < corpus->count) {
        memcpy(bytes, corpus->files[number].bytes, corpus->files[number].size);
        return corpus->files[number].size;
    }
    if (corpus->count == 0 || next_random(state) % 8 == 0)
        return fill_random(bytes, state);
    const struct input *base = &corpus->files[below(state, corpus->count)];
    memcpy(bytes, base->bytes, base->size);
    size_t size = base->size;
    for (size_t changes = 1 + below(state, 4); changes > 0; changes--)
        size = mutate_once(bytes, size, state);
    return size;
}

/* The target gets a block of exactly the input's size, so that AddressSanitizer sees reads behind it. */
static void run_one(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s <runs> <seed> [corpus]...\n", argv[0]);
        return 2;
    }
    unsigned long runs = strtoul(argv[1], NULL, 10);
    uint64_t state = strtoull(argv[2], NULL, 0);
    struct corpus *corpus = calloc(1, sizeof *corpus);
    uint8_t *bytes = malloc(INPUT_LIMIT + 64);
    if (!corpus || !bytes)
        abort();
    for (int i = 3; i < argc; i++)
        add_path(corpus, argv[i]);
    printf("seed %s, %u corpus files, %lu runs\n", argv[2], corpus->count, runs);
    for (unsigned long i = 0; i < corpus->count + runs; i++) {
        if (getenv("FUZZ_TRACE"))
            fprintf(stderr, "input %lu\n", i);
        run_one(bytes, make_input(corpus, i, bytes, &state));
    }
    for (unsigned i = 0; i < corpus->count; i++)
        free(corpus->files[i].bytes);
    free(corpus);
    free(bytes);
    return EXIT_SUCCESS;
}

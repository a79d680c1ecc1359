/* SPDX-License-Identifier: MIT */
/*
 * fork_runner: runs tests written with Criterion's classic macros without libcriterion, which cannot live under
 * ThreadSanitizer (it shares an arena with re-executed children) and starts the program anew for each test, the dearest
 * part of most tests under AddressSanitizer. The macros register each test in the linker section
 * cr_tst; main forks once per test. Honoured: init, fini, signal, exit_code, timeout (ten times over: sanitizers are slow) and
 * disabled, of a test and, where the test has none, of its TestSuite. Not: parameterized tests, theories, redirection.
 *
 * fork_runner [text]: only tests whose suite/name contains the text.
 */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLOWNESS = 10, SKIPPED = 77 };

/* Bounds of the sections, made by the linker; weak, for there may be no suite. */
extern struct criterion_test *__start_cr_tst[] __attribute__((weak));
extern struct criterion_test *__stop_cr_tst[] __attribute__((weak));
extern struct criterion_suite *__start_cr_sts[] __attribute__((weak));
extern struct criterion_suite *__stop_cr_sts[] __attribute__((weak));

/* What the macros refer to. */
struct criterion_options criterion_options;

static const struct criterion_test *running; /* in the child: its test */
static int failed;                           /* in the child: a cr_expect failed */

static const struct criterion_test_extra_data *suite_of(const struct criterion_test *test)
{
    static const struct criterion_test_extra_data none;
    for (struct criterion_suite **suite = __start_cr_sts; suite < __stop_cr_sts; suite++)
        if (*suite && strcmp((*suite)->name, test->category) == 0)
            return (*suite)->data;
    return &none;
}

int cr_asprintf(char **out, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int length = vasprintf(out, fmt, args);
    va_end(args);
    return length;
}

void cr_asprintf_free(char *text)
{
    free(text);
}

char *cr_translate_assert_msg(int index, ...)
{
    (void)index;
    va_list args;
    va_start(args, index);
    const char *expression = va_arg(args, const char *);
    char *text = NULL;
    if (asprintf(&text, "assertion failed: %s", expression) < 0)
        text = NULL;
    va_end(args);
    return text;
}

void cri_asserts_passed_incr(void)
{
}

void criterion_send_assert(struct criterion_assert_stats *assertion)
{
    if (assertion->passed)
        return;
    failed = 1;
    fprintf(stderr, "%s:%u: %s\n", assertion->file, assertion->line, assertion->message ? assertion->message : "");
}

void criterion_abort_test(void)
{
    _exit(EXIT_FAILURE);
}

void criterion_continue_test(void)
{
}

void criterion_skip_test(const char *format, ...)
{
    (void)format;
    _exit(SKIPPED);
}

void criterion_internal_test_setup(void)
{
    void (*suite_init)(void) = suite_of(running)->init;
    if (suite_init)
        suite_init();
    if (running->data->init)
        running->data->init();
}

void criterion_internal_test_main(void (*fn)(void))
{
    fn();
}

void criterion_internal_test_teardown(void)
{
    if (running->data->fini)
        running->data->fini();
    void (*suite_fini)(void) = suite_of(running)->fini;
    if (suite_fini)
        suite_fini();
}

static void run_child(const struct criterion_test *test)
{
    double timeout = test->data->timeout > 0 ? test->data->timeout : suite_of(test)->timeout;
    if (timeout > 0)
        alarm((unsigned)(timeout * SLOWNESS) + 1);
    running = test;
    test->test();
    exit(failed); /* not _exit: TSan and LeakSanitizer report, and set the exit status, at exit */
}

static bool ended_as_expected(const struct criterion_test *test, int status)
{
    const struct criterion_test_extra_data *suite = suite_of(test);
    int expected_signal = test->data->signal ? test->data->signal : suite->signal;
    int expected_code = test->data->exit_code ? test->data->exit_code : suite->exit_code;
    if (expected_signal)
        return WIFSIGNALED(status) && WTERMSIG(status) == expected_signal;
    return WIFEXITED(status) && (WEXITSTATUS(status) == expected_code || WEXITSTATUS(status) == SKIPPED);
}

static bool run_test(const struct criterion_test *test)
{
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        perror("fork");
        exit(EXIT_FAILURE);
    }
    if (child == 0)
        run_child(test);
    int status = 0;
    waitpid(child, &status, 0);
    bool passed = ended_as_expected(test, status);
    printf("[%s] %s/%s", passed ? "PASS" : "FAIL", test->category, test->name);
    if (!passed && WIFSIGNALED(status))
        printf(" (signal %d)", WTERMSIG(status));
    else if (!passed)
        printf(" (exit status %d)", WEXITSTATUS(status));
    printf("\n");
    return passed;
}

static bool is_selected(const struct criterion_test *test, const char *filter)
{
    char name[256];
    snprintf(name, sizeof name, "%s/%s", test->category, test->name);
    return !test->data->disabled && !suite_of(test)->disabled && (!filter || strstr(name, filter));
}

int main(int argc, char **argv)
{
    const char *filter = argc > 1 ? argv[1] : NULL;
    unsigned passed = 0, wrong = 0;
    for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst; test++) {
        if (!*test || !is_selected(*test, filter))
            continue;
        if (run_test(*test))
            passed++;
        else
            wrong++;
    }
    printf("%u passed, %u failed\n", passed, wrong);
    return wrong > 0 || passed == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

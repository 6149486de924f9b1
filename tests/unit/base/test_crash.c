#include <signal.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/crash.h"
#include "tests/lib/t.h"

/* How a child ends that passes "here" three times: status of waitpid. */
static int
run(const char *at)
{
    pid_t pid = fork();
    int status = 0;

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        if (at)
            setenv("WEIR_CRASH_AT", at, 1);
        else
            unsetenv("WEIR_CRASH_AT");
        close(STDERR_FILENO);
        for (int i = 0; i < 3; i++) {
            wr_crash_point("elsewhere");
            wr_crash_point("here");
        }
        _exit(7);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);

    return status;
}

static const struct {
    const char *at;
    int sig; /* 0: lives */
} rows[] = {
    { NULL, 0 },           { "", 0 },           { "here:1", SIGKILL },
    { "here:3", SIGKILL }, { "here:4", 0 },     { "nowhere:1", 0 },
    { "her:1", 0 },        { "here", SIGABRT }, { "here:0", SIGABRT },
    { "here:x", SIGABRT }, { ":1", SIGABRT },
};

START_TEST(kills_where_told)
{
    int status = run(rows[_i].at);

    if (rows[_i].sig) {
        ck_assert(WIFSIGNALED(status));
        ck_assert_int_eq(WTERMSIG(status), rows[_i].sig);
    } else {
        ck_assert(WIFEXITED(status));
        ck_assert_int_eq(WEXITSTATUS(status), 7);
    }
}
END_TEST

int
main(void)
{
    TCase *tc = tcase_create("crash");

    tcase_add_loop_test(tc, kills_where_told, 0,
                        sizeof(rows) / sizeof(rows[0]));

    return t_main("crash", tc, NULL);
}

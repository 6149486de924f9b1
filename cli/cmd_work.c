/*
 * weir work TYPE -- COMMAND: a job worker from any program.
 *
 * The command gets the job's variables as JSON on stdin, WEIR_JOB_ID,
 * WEIR_JOB_TYPE, WEIR_INSTANCE and WEIR_RETRIES in its environment, and answers
 * by its exit status:
 *
 *     0    done; stdout: a JSON object with the results, or nothing
 *     100  BPMN error; stdout: {"code","message"?,"variables"?}
 *     else failed; the last line of stderr is the message
 *
 * The lease is extended while the command runs.  With --once it ends when there
 * is no job left.
 */

#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/base/err.h"

enum {
    BPMN_ERROR = 100,
    IDLE_MS = 500,
    IDLE_MAX_MS = 5000,
    WAIT = 30, /* seconds of one poll */
    OUTPUT_MAX = 1 << 20
};

struct worker {
    struct wr_cli *cli;
    const char *type, *name;
    int lease, wait;
    char **command;
};

struct child {
    pid_t pid;
    int in, out, err;
    struct wr_str output, errors;
    size_t written;
};

static volatile sig_atomic_t stopping;

static void
on_signal(int sig)
{
    (void)sig;
    stopping = 1;
}

static void
child_main(struct worker *w, const struct wr_value *job, int in[2], int out[2],
           int err[2])
{
    struct wr_arena *a = w->cli->arena;

    dup2(in[0], 0);
    dup2(out[1], 1);
    dup2(err[1], 2);
    for (int i = 0; i < 2; i++) {
        close(in[i]);
        close(out[i]);
        close(err[i]);
    }
    setenv("WEIR_JOB_ID", wr_print_member(a, job, "id"), 1);
    setenv("WEIR_JOB_TYPE", wr_print_member(a, job, "type"), 1);
    setenv("WEIR_INSTANCE", wr_print_member(a, job, "instance"), 1);
    setenv("WEIR_RETRIES", wr_print_member(a, job, "retries"), 1);
    unsetenv("WEIR_TOKEN");
    execvp(w->command[0], w->command);
    fprintf(stderr, "run '%s': %s\n", w->command[0], strerror(errno));
    _exit(127);
}

static bool
spawn(struct worker *w, const struct wr_value *job, struct child *c)
{
    int in[2], out[2], err[2];

    if (pipe(in) < 0 || pipe(out) < 0 || pipe(err) < 0)
        return false;
    c->pid = fork();
    if (c->pid == 0)
        child_main(w, job, in, out, err);
    close(in[0]);
    close(out[1]);
    close(err[1]);
    c->in = in[1];
    c->out = out[0];
    c->err = err[0];
    c->output.arena = c->errors.arena = w->cli->arena;

    return c->pid > 0;
}

/* One turn of reading and writing; false when both outputs are closed. */
static bool
pump(struct child *c, const struct wr_str *input, int timeout_ms)
{
    struct pollfd p[3] = {
        { .fd = c->out, .events = POLLIN },
        { .fd = c->err, .events = POLLIN },
        { .fd = c->in, .events = POLLOUT },
    };
    char chunk[8192];

    poll(p, 3, timeout_ms);
    for (int i = 0; i < 2; i++) {
        struct wr_str *to = i ? &c->errors : &c->output;
        int *fd = i ? &c->err : &c->out;
        ssize_t n;

        if (!(p[i].revents & (POLLIN | POLLHUP)))
            continue;
        n = read(*fd, chunk, sizeof(chunk));
        if (n > 0 && to->len < OUTPUT_MAX) {
            wr_str_addn(to, chunk, (size_t)n);
        } else if (n == 0) {
            close(*fd);
            *fd = -1;
        }
    }
    if (p[2].revents & (POLLOUT | POLLERR | POLLHUP)) {
        size_t left = input->len - c->written;
        ssize_t n = write(c->in, input->s + c->written,
                          left < 4096 ? left : 4096);

        c->written += n > 0 ? (size_t)n : 0;
        if (n < 0 || c->written == input->len) {
            close(c->in);
            c->in = -1;
        }
    }

    return c->out >= 0 || c->err >= 0;
}

static int
job_call(struct worker *w, const struct wr_value *job, const char *verb,
         const struct wr_entry *more, size_t n, struct wr_err *err)
{
    struct wr_arena *a = w->cli->arena;
    struct wr_entry entries[6];
    struct wr_reply r;

    entries[0] = (struct wr_entry){
        "lease", wr_value_string(a, wr_print_member(a, job, "lease"))
    };
    for (size_t i = 0; i < n && i < 5; i++)
        entries[i + 1] = more[i];

    return wr_api(w->cli, "POST",
                  wr_arena_printf(a, "/api/v1/jobs/%s/%s",
                                  wr_print_member(a, job, "id"), verb),
                  wr_value_context(a, entries, n + 1), &r, err);
}

static const char *
last_line(const char *s)
{
    size_t n = strlen(s);

    while (n && (s[n - 1] == '\n' || s[n - 1] == '\r'))
        n--;
    while (n && s[n - 1] != '\n')
        n--;

    return s[n] ? s + n : "the command failed";
}

static int
fail(struct worker *w, const struct wr_value *job, const char *message,
     struct wr_err *err)
{
    struct wr_arena *a = w->cli->arena;
    char *text = wr_arena_strdup(a, message);
    struct wr_entry e[1];

    text[strcspn(text, "\r\n")] = '\0';
    text[wr_utf8_valid(text, strlen(text))] = '\0';
    e[0] = (struct wr_entry){ "message", wr_value_string(a, text) };

    return job_call(w, job, "fail", e, 1, err);
}

static int
report(struct worker *w, const struct wr_value *job, struct child *c,
       int status, struct wr_err *err)
{
    const struct wr_value *v = NULL;
    const char *text = wr_str_text(&c->output);
    struct wr_err bad = { 0 };

    if (!WIFEXITED(status)
        || (WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != BPMN_ERROR))
        return fail(w, job, last_line(wr_str_text(&c->errors)), err);
    if (text[strspn(text, " \t\r\n")]
        && (wr_json_parse(w->cli->arena, text, c->output.len, &v, &bad) < 0
            || v->type != WR_V_CONTEXT))
        return fail(w, job, "the command's output is no JSON object", err);
    if (WEXITSTATUS(status) == BPMN_ERROR)
        return v ? job_call(w, job, "error", v->context.entries, v->context.n,
                            err)
                 : fail(w, job, "a BPMN error without a code", err);
    if (!v)
        return job_call(w, job, "complete", NULL, 0, err);

    return job_call(w, job, "complete", &(struct wr_entry){ "variables", v }, 1,
                    err);
}

static int64_t
now_ms(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);

    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
do_job(struct worker *w, const struct wr_value *job, struct wr_err *err)
{
    struct wr_arena *a = w->cli->arena;
    struct child c = { 0 };
    struct wr_str input = { .arena = a };
    int64_t extend_at = now_ms() + w->lease * 1000 / 3;
    struct wr_entry seconds = { "leaseSeconds", wr_value_int(a, w->lease) };
    int status;

    wr_json_write(&input, wr_value_get(job, "variables"), WR_JSON_TYPED);
    if (!spawn(w, job, &c))
        return fail(w, job, "the command could not be started", err);
    while (pump(&c, &input, 200)) {
        struct wr_err ignored = { 0 };

        if (now_ms() < extend_at)
            continue;
        extend_at = now_ms() + w->lease * 1000 / 3;
        if (job_call(w, job, "extend", &seconds, 1, &ignored) < 0
            && ignored.code == WR_ELEASE)
            kill(c.pid, SIGTERM); /* the job is somebody else's now */
    }
    if (c.in >= 0)
        close(c.in);
    while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
        continue;

    return report(w, job, &c, status, err);
}

/* Lease one job and do it.  1: done, 0: there is none, negative: failed. */
static int
one(struct worker *w, struct wr_err *err)
{
    struct wr_arena *a = w->cli->arena;
    struct wr_entry e[] = {
        { "type", wr_value_string(a, w->type) },
        { "worker", wr_value_string(a, w->name) },
        { "maxJobs", wr_value_int(a, 1) },
        { "leaseSeconds", wr_value_int(a, w->lease) },
    };
    const struct wr_call_options o = { .wait = w->wait, .stop = &stopping };
    struct wr_str body = { .arena = a };
    const struct wr_value *items;
    struct wr_reply r;

    wr_json_write(&body, wr_value_context(a, e, WR_COUNT(e)), WR_JSON_TYPED);
    if (wr_http(w->cli, "POST", "/api/v1/jobs/activate", body.s, body.len, &o,
                &r, err)
        < 0)
        return (int)err->code;
    items = r.json ? wr_value_get(r.json, "items") : NULL;
    if (!items || items->type != WR_V_LIST || items->list.n == 0)
        return 0;
    if (do_job(w, items->list.items[0], err) < 0)
        return (int)err->code;
    e[1] = (struct wr_entry){ "id", wr_value_get(items->list.items[0], "id") };
    if (w->cli->json)
        wr_print_value(a, wr_value_context(a, e, 2));
    else
        printf("%s %s\n", wr_print_member(a, items->list.items[0], "id"),
               w->type);
    fflush(stdout);

    return 1;
}

static void
pause_ms(int ms)
{
    struct timespec ts = { .tv_sec = ms / 1000,
                           .tv_nsec = (long)(ms % 1000) * 1000000 };

    nanosleep(&ts, NULL);
}

static int
loop(struct worker *w, bool once)
{
    struct wr_arena *keep = w->cli->arena;
    int idle = IDLE_MS;

    while (!stopping) {
        wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
        struct wr_err err = { 0 };
        int64_t asked_at = now_ms();
        int n;

        w->cli->arena = a;
        n = one(w, &err);
        w->cli->arena = keep;
        if (stopping)
            return 0;
        if (n < 0 && err.code != WR_ELEASE && err.code != WR_ENOTFOUND) {
            wr_cli_fail(&err);
            if (once || !wr_code_retryable(err.code))
                return 1;
        }
        if (n == 0 && once)
            return 0;
        /* one that the server let wait needs no pause */
        if (n > 0 || (n == 0 && now_ms() - asked_at > IDLE_MS)) {
            idle = IDLE_MS;
            continue;
        }
        pause_ms(idle);
        idle = idle * 2 > IDLE_MAX_MS ? IDLE_MAX_MS : idle * 2;
    }

    return 0;
}

int
wr_cmd_work(struct wr_cli *cli)
{
    const char *lease = wr_arg_option(cli, "--lease");
    const char *name = wr_arg_option(cli, "--worker");
    bool once = wr_arg_flag(cli, "--once");
    struct sigaction stop = { .sa_handler = on_signal };
    const char *wait = wr_arg_option(cli, "--wait");
    struct worker w = { .cli = cli, .lease = 60, .wait = once ? 0 : WAIT };
    char host[64] = "";

    if (cli->argc < 3 || strcmp(cli->argv[1], "--") != 0)
        return wr_cli_usage(cli);
    if (lease)
        w.lease = (int)strtol(lease, NULL, 10);
    if (wait)
        w.wait = (int)strtol(wait, NULL, 10);
    if (w.lease < 1 || w.lease > 86400 || w.wait < 0 || w.wait > 3600)
        return wr_cli_usage(cli);
    gethostname(host, sizeof(host) - 1);
    w.type = cli->argv[0];
    w.name = name ? name
                  : wr_arena_printf(cli->arena, "%s:%ld", host, (long)getpid());
    w.command = cli->argv + 2;
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    signal(SIGPIPE, SIG_IGN);

    return loop(&w, once);
}

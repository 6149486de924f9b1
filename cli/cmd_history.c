/* weir history: export instances with their history, remove ended ones. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/home.h"
#include "engine/base/str.h"
#include "engine/runtime/level.h"
#include "engine/runtime/retention.h"
#include "fcgi_workers/service.h"

enum {
    PAGE = 200,
    LINE = 1 << 12
};

struct history {
    struct wr_cli *cli;
    const char *url;
    struct wr_runtime *rt;
    struct wr_clock clock;
    const char *definition;
    int64_t ended_before, since;
    struct wr_uuid after; /* resumed: those before are there already */
    int64_t n;
};

static int
instant(struct wr_cli *cli, const char *name, int64_t *out, struct wr_err *err)
{
    const char *text = wr_arg_option(cli, name);

    *out = 0;
    if (!text)
        return 0;
    if (strlen(text) == 10)
        text = wr_arena_printf(cli->arena, "%sT00:00:00Z", text);
    if (wr_instant_parse(text, strlen(text), out, err) < 0)
        return wr_wrap(err, name);

    return 0;
}

static bool
wanted(const struct history *h, const struct wr_instance_row *r)
{
    return (!h->ended_before
            || (r->ended_at != 0 && r->ended_at < h->ended_before))
           && (!h->since || r->started_at >= h->since)
           && wr_uuid_cmp(&r->id, &h->after) >= 0;
}

/* In the order of ids, so that a file that was cut off can be gone on with. */
static int
write_all(struct history *h, FILE *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *places = wr_arena_new(256);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_query q = {
        .noun = WR_INSTANCES, .key = h->definition, .state = -1, .limit = PAGE
    };
    struct wr_rows rows;

    do {
        wr_arena_reset(a);
        if (wr_runtime_find(h->rt, &q, a, &rows, err) < 0)
            return (int)err->code;
        for (size_t i = 0; i < rows.n; i++) {
            if (!wanted(h, &rows.instances[i]))
                continue;
            if (wr_archive_write(h->rt, &rows.instances[i].id, 0, -1, out, err)
                == 0) {
                h->n++;
                continue;
            }
            if (err->code != WR_ENOTFOUND)
                return (int)err->code;
            *err = (struct wr_err){ 0 }; /* removed meanwhile */
        }
        q.cursor = rows.next ? wr_arena_strdup(places, rows.next) : NULL;
    } while (q.cursor);

    return 0;
}

/* Where the last instance of a file begins: it may be cut off, and is written
 * again. */
static int
resume(struct history *h, FILE *f, const char *path, struct wr_err *err)
{
    static const char head[] = "{\"type\":\"instance\",\"id\":\"";
    size_t n = sizeof(head) - 1;
    char line[LINE];
    bool fresh = true;
    long at = 0, last = 0;

    rewind(f);
    while (fgets(line, sizeof(line), f)) {
        if (fresh && strncmp(line, head, n) == 0 && strlen(line) > n + 36) {
            last = at;
            if (wr_uuid_parse(line + n, 36, &h->after, err) < 0)
                return wr_wrap(err, path);
        }
        fresh = line[strlen(line) - 1] == '\n';
        at = ftell(f);
    }
    if (ferror(f) || fseek(f, last, SEEK_SET) != 0
        || ftruncate(fileno(f), last) < 0)
        return wr_fail(err, WR_EIO, "read '%s': %s", path, strerror(errno));

    return 0;
}

/* FILE.part until it is whole. */
static int
to_file(struct history *h, const char *path, struct wr_err *err)
{
    const char *part = wr_arena_printf(h->cli->arena, "%s.part", path);
    FILE *f = fopen(part, "a+e");
    int rc;

    if (!f)
        return wr_fail(err, WR_EIO, "open '%s': %s", part, strerror(errno));
    rc = resume(h, f, part, err);
    if (rc == 0)
        rc = write_all(h, f, err);
    if (rc == 0 && (fflush(f) != 0 || fsync(fileno(f)) < 0))
        rc = wr_fail(err, WR_EIO, "write '%s': %s", part, strerror(errno));
    if (fclose(f) != 0 && rc == 0)
        rc = wr_fail(err, WR_EIO, "write '%s': %s", part, strerror(errno));
    if (rc == 0 && rename(part, path) < 0)
        rc = wr_fail(err, WR_EIO, "rename '%s': %s", part, strerror(errno));

    return rc;
}

static int export(struct history *h, struct wr_err *err)
{
    const char *path = wr_arg_option(h->cli, "--out");

    if (h->cli->argc != 1)
        return wr_cli_usage(h->cli);
    if (path && to_file(h, path, err) < 0)
        return wr_cli_fail(err);
    if (!path && (write_all(h, stdout, err) < 0 || fflush(stdout) != 0))
        return wr_cli_fail(err);
    if (path)
        fprintf(stderr, "%lld instances\n", (long long)h->n);

    return 0;
}

static int
purge(struct history *h, struct wr_err *err)
{
    struct wr_retention r = {
        .now = wr_clock_now(&h->clock),
        .ended_before = h->ended_before,
        .definition = h->definition,
        .archive = wr_arg_option(h->cli, "--archive"),
        .dry_run = wr_arg_flag(h->cli, "--dry-run"),
    };
    struct wr_retained out;
    struct wr_entry e[3];

    if (h->cli->argc != 1 || !h->ended_before || h->since)
        return wr_cli_usage(h->cli);
    if (wr_retention_sweep(h->rt, h->url, &r, &out, err) < 0)
        return wr_cli_fail(err);
    if (h->cli->json) {
        e[0] = (struct wr_entry){ "instances",
                                  wr_value_int(h->cli->arena, out.instances) };
        e[1] = (struct wr_entry){ "archived",
                                  wr_value_int(h->cli->arena, out.archived) };
        e[2] = (struct wr_entry){ "dryRun", r.dry_run ? &wr_true : &wr_false };
        wr_print_value(h->cli->arena,
                       wr_value_context(h->cli->arena, e, WR_COUNT(e)));
    } else {
        printf("%lld instances %s, %lld archived\n", (long long)out.instances,
               r.dry_run ? "would be removed" : "removed",
               (long long)out.archived);
    }

    return 0;
}

int
wr_cmd_history(struct wr_cli *cli)
{
    wr_auto(wr_runtime_close) struct wr_runtime *rt = NULL;
    struct history h = { .cli = cli };
    const struct wr_config *config;
    struct wr_runtime_options o;
    struct wr_err err = { 0 };

    if (wr_home_config(cli, &config, &err) < 0)
        return wr_cli_fail(&err);
    h.definition = wr_arg_option(cli, "--definition");
    if (instant(cli, "--ended-before", &h.ended_before, &err) < 0
        || instant(cli, "--since", &h.since, &err) < 0)
        return wr_cli_fail(&err);
    wr_store_set_wait(wr_config_int(config, WR_SET_STORE_WAIT));
    h.url = wr_service_store_url(cli->arena, config);
    o = (struct wr_runtime_options){ .store_url = h.url,
                                     .clock = &h.clock,
                                     .n_slots = 1,
                                     .history_level = wr_level_parse(
                                         wr_config_text(
                                             config, WR_SET_HISTORY_LEVEL)) };
    if (wr_runtime_open(&o, &rt, &err) < 0)
        return wr_cli_fail(&err);
    h.rt = rt;
    if (cli->argc >= 1 && strcmp(cli->argv[0], "export") == 0)
        return export(&h, &err);
    if (cli->argc >= 1 && strcmp(cli->argv[0], "purge") == 0)
        return purge(&h, &err);

    return wr_cli_usage(cli);
}

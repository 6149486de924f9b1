#define _GNU_SOURCE 1 /* nftw */

#include "tests/conformance/fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *urls[16];
static int n_urls;

static char dir[] = "/tmp/weir-store-XXXXXX";
static pid_t dir_owner;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;

    return remove(path);
}

/* Every case runs in a child, which ends through exit() too. */
static void
remove_dir(void)
{
    if (getpid() == dir_owner)
        nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The default needs no server: memory, and SQLite in a folder of its own. */
static void
list_urls(void)
{
    const char *env = getenv("WEIR_TEST_STORES");
    static char buffer[4096];
    char *rest;

    if (env)
        snprintf(buffer, sizeof(buffer), "%s", env);
    else if (mkdtemp(dir)) {
        dir_owner = getpid();
        atexit(remove_dir);
        snprintf(buffer, sizeof(buffer), "memory:test sqlite:%s/weir.db", dir);
    }
    for (char *u = strtok_r(buffer, " ", &rest); u;
         u = strtok_r(NULL, " ", &rest))
        urls[n_urls++] = u;
}

int
fixture_stores(void)
{
    if (n_urls == 0)
        list_urls();

    return n_urls;
}

bool
fixture_is(const struct fixture *f, const char *scheme)
{
    return strncmp(f->url, scheme, strlen(scheme)) == 0;
}

void
fixture_open(struct fixture *f, int nth)
{
    struct wr_uuid random = wr_uuid_new(0, 0);

    *f = (struct fixture){ .a = wr_arena_new(4096),
                           .url = urls[nth],
                           .bucket = random.b[9],
                           .now = INT64_C(1700000000000) };
    memcpy(&f->tenant, random.b + 10, 4);
    f->tenant &= 0x7FFFFFFF;
    must(f, wr_store_open(f->url, &f->st, &f->err));
    must(f, wr_store_migrate(f->st, &f->err));
}

void
fixture_close(struct fixture *f)
{
    wr_store_close(f->st);
    wr_arena_free(f->a);
}

struct wr_store *
fixture_second(struct fixture *f)
{
    struct wr_store *st;

    must(f, wr_store_open(f->url, &st, &f->err));

    return st;
}

struct wr_uuid
fixture_id(struct fixture *f)
{
    return wr_uuid_new(f->now++, f->bucket);
}

const char *
fixture_word(struct fixture *f, const char *stem)
{
    return wr_arena_printf(f->a, "%s-%d", stem, (int)f->tenant);
}

struct wr_effects *
fixture_start(struct fixture *f)
{
    struct wr_effects *fx = wr_new(f->a, struct wr_effects);

    fx->instance = (struct wr_instance_row){
        .id = fixture_id(f),
        .definition = fixture_id(f),
        .tenant = f->tenant,
        .rev = 3,
        .state = WR_ACTIVE,
        .started_at = f->now,
        .blob = { "state", 5 },
    };
    fx->history = (struct wr_history_row){
        .instance = fx->instance.id,
        .seq = 1,
        .command = fixture_id(f),
        .at = f->now,
        .actor = "alice",
        .events = { "events", 6 },
    };

    return fx;
}

struct wr_effects *
fixture_next(struct fixture *f, const struct wr_effects *before)
{
    struct wr_effects *fx = wr_new(f->a, struct wr_effects);

    fx->instance = before->instance;
    fx->instance.rev += 2;
    fx->expected_rev = before->instance.rev;
    fx->history = before->history;
    fx->history.seq = fx->expected_rev + 1;
    fx->history.command = fixture_id(f);
    fx->history.at = f->now;

    return fx;
}

/* One more op at the end of a list, with the ids every row has. */
#define APPEND(T, list)                                             \
    T *ops = wr_newn(f->a, T, (size_t)fx->n_##list + 1);            \
    T *op = ops + fx->n_##list;                                     \
    if (fx->n_##list)                                               \
        memcpy(ops, fx->list, (size_t)fx->n_##list * sizeof(*ops)); \
    fx->list = ops;                                                 \
    fx->n_##list++;                                                 \
    op->op = WR_OP_PUT;                                             \
    op->is_new = true;                                              \
    op->row.id = fixture_id(f);                                     \
    op->row.instance = fx->instance.id;                             \
    op->row.tenant = f->tenant;                                     \
    op->row.element = 7

struct wr_task_op *
fixture_task(struct fixture *f, struct wr_effects *fx)
{
    APPEND(struct wr_task_op, tasks);

    op->row.definition = fx->instance.definition;
    op->row.created_at = f->now;
    op->row.rev = fx->instance.rev;

    return op;
}

struct wr_job_op *
fixture_job(struct fixture *f, struct wr_effects *fx, const char *type)
{
    APPEND(struct wr_job_op, jobs);

    op->row.definition = fx->instance.definition;
    op->row.created_at = f->now;
    op->row.type = type;
    op->row.retries = 3;

    return op;
}

struct wr_timer_op *
fixture_timer(struct fixture *f, struct wr_effects *fx, int64_t due_at)
{
    APPEND(struct wr_timer_op, timers);

    op->row.due_at = due_at;

    return op;
}

struct wr_outbox_op *
fixture_owe(struct fixture *f, struct wr_effects *fx, enum wr_outbox_kind kind)
{
    APPEND(struct wr_outbox_op, outboxes);

    op->row.kind = kind;
    op->row.definition = fx->instance.definition;
    op->row.due_at = f->now + 10;
    op->row.created_at = f->now;
    op->row.expires_at = f->now + 1000;
    op->row.name = "paid";

    return op;
}

struct wr_subscription_op *
fixture_subscription(struct fixture *f, struct wr_effects *fx, const char *name,
                     const char *key)
{
    APPEND(struct wr_subscription_op, subscriptions);

    op->row.definition = fx->instance.definition;
    op->row.created_at = f->now;
    op->row.name = name;
    op->row.key = key;

    return op;
}

struct wr_incident_op *
fixture_incident(struct fixture *f, struct wr_effects *fx)
{
    APPEND(struct wr_incident_op, incidents);

    op->row.definition = fx->instance.definition;
    op->row.created_at = f->now;
    op->row.type = "expression";
    op->row.message = "no such variable";
    fx->instance.incidents++;

    return op;
}

enum wr_code
fixture_commit(struct fixture *f, const struct wr_effects *fx)
{
    struct wr_item item = { .effects = fx };

    must(f, wr_store_commit(f->st, &item, 1, &f->err));

    return item.result;
}

static enum wr_code
deploy(struct fixture *f, const char *key, int version, bool starts,
       const struct wr_idempotency_row *once, struct wr_uuid *id)
{
    struct wr_uuid deployment = fixture_id(f);
    struct wr_resource_row resource = { .deployment = deployment,
                                        .name = "order.bpmn",
                                        .bytes = { "<bpmn\0/>", 8 } };
    struct wr_definition_row definition = { .id = fixture_id(f),
                                            .deployment = deployment,
                                            .tenant = f->tenant,
                                            .key = key,
                                            .version = version,
                                            .kind = "bpmn",
                                            .name = "Order",
                                            .resource = "order.bpmn",
                                            .executable = true,
                                            .deployed_at = f->now,
                                            .symbols = { "symbols", 7 } };
    struct wr_subscription_row message = { .id = fixture_id(f),
                                           .definition = definition.id,
                                           .tenant = f->tenant,
                                           .element = 3,
                                           .name = key,
                                           .created_at = f->now };
    struct wr_timer_row timer = { .id = fixture_id(f),
                                  .definition = definition.id,
                                  .tenant = f->tenant,
                                  .element = 4,
                                  .due_at = f->now + version };
    struct wr_deployment d = { .row = { .id = deployment,
                                        .tenant = f->tenant,
                                        .name = "first",
                                        .deployed_at = f->now,
                                        .actor = "alice",
                                        .hash = { "hash", 4 } },
                               .resources = &resource,
                               .definitions = &definition,
                               .n_resources = 1,
                               .n_definitions = 1,
                               .subscriptions = &message,
                               .timers = &timer,
                               .n_subscriptions = starts,
                               .n_timers = starts,
                               .key = once };

    if (id)
        *id = definition.id;

    return (enum wr_code)wr_store_deploy(f->st, &d, &f->err);
}

enum wr_code
fixture_decide(struct fixture *f, const char *key, int version,
               struct wr_uuid *id)
{
    struct wr_uuid deployment = fixture_id(f);
    struct wr_resource_row resource = { .deployment = deployment,
                                        .name = "rules.dmn",
                                        .bytes = { "<dmn\0/>", 7 } };
    struct wr_decision_row row = { .id = fixture_id(f),
                                   .deployment = deployment,
                                   .tenant = f->tenant,
                                   .key = key,
                                   .version = version,
                                   .kind = "decision",
                                   .name = "Decide",
                                   .version_tag = version == 2 ? "two" : NULL,
                                   .graph = "rules",
                                   .resource = "rules.dmn",
                                   .deployed_at = f->now };
    struct wr_deployment d = {
        .row = { .id = deployment, .tenant = f->tenant, .deployed_at = f->now },
        .resources = &resource,
        .n_resources = 1,
        .decisions = &row,
        .n_decisions = 1
    };

    if (id)
        *id = row.id;

    return (enum wr_code)wr_store_deploy(f->st, &d, &f->err);
}

enum wr_code
fixture_deploy(struct fixture *f, const char *key, int version,
               struct wr_uuid *id)
{
    return deploy(f, key, version, /* starts= */ false, NULL, id);
}

enum wr_code
fixture_deploy_starts(struct fixture *f, const char *key, int version,
                      struct wr_uuid *id)
{
    return deploy(f, key, version, /* starts= */ true, NULL, id);
}

enum wr_code
fixture_deploy_once(struct fixture *f, const char *key, int version,
                    const struct wr_idempotency_row *once, struct wr_uuid *id)
{
    return deploy(f, key, version, /* starts= */ true, once, id);
}

struct wr_rows
fixture_find(struct fixture *f, struct wr_query q)
{
    struct wr_rows rows = { 0 };

    q.tenant = f->tenant;
    must(f, wr_store_find(f->st, &q, f->a, &rows, &f->err));

    return rows;
}

int64_t
fixture_rev(struct fixture *f, const struct wr_uuid *id)
{
    const struct wr_instance_row *row;
    struct wr_err err;
    int rc = wr_store_instance(f->st, id, f->tenant, f->a, &row, &err);

    ck_assert_msg(rc == 0 || rc == WR_ENOTFOUND, "%s", err.text);

    return rc == 0 ? row->rev : 0;
}

#include "fcgi_workers/park.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/log.h"
#include "fcgi_workers/hub.h"
#include "fcgi_workers/resource.h"

enum {
    DIGITS_MAX = 9,
    CALLS_MAX = 100 /* called instances that are looked at */
};

/* ---- Prefer ---- */

/* The value of preference `name` in a list of name[=value][;...]; NULL. */
static const char *
preference(struct wr_arena *a, const char *text, const char *name)
{
    size_t n = strlen(name);

    while (text && *text) {
        size_t len;

        text += strspn(text, " \t,");
        len = strcspn(text, " \t,;=");
        if (len == n && strncasecmp(text, name, n) == 0) {
            text += len + strspn(text + len, " \t");
            if (*text != '=')
                return "";
            text += 1 + strspn(text + 1, " \t");
            text += *text == '"';
            return wr_arena_strndup(a, text, strcspn(text, " \t,;\""));
        }
        text += strcspn(text, ",");
    }

    return NULL;
}

int
wr_park_prefer(struct wr_request *rq, struct wr_err *err)
{
    const char *text = preference(rq->arena, rq->prefer, "wait");
    int64_t most, ms;
    size_t digits;

    rq->wait_ms = 0;
    if (!(rq->route->flags & WR_ROUTE_WAIT) || !text)
        return 0;
    digits = strspn(text, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX || text[digits])
        return wr_fail(err, WR_EINVALID,
                       "Prefer: wait=%.80s is no number of seconds", text);
    ms = strtoll(text, NULL, 10) * 1000;
    most = wr_config_int(rq->service->config, WR_SET_WAIT_MAX);
    if (!rq->can_park || ms == 0)
        return 0;
    rq->wait_ms = ms < most ? ms : most;
    if (!rq->park_last || strcmp(rq->park_last, "full") != 0)
        wr_request_header(rq, "Preference-Applied",
                          wr_arena_printf(rq->arena, "wait=%lld",
                                          (long long)rq->wait_ms / 1000));

    return 0;
}

/* Is there somebody who keeps it, and time left? */
static bool
may_wait(const struct wr_request *rq)
{
    return rq->wait_ms > 0 && !rq->park_last;
}

/* ---- jobs ---- */

bool
wr_park_jobs(struct wr_request *rq, const char *const *types, int n, int max)
{
    uint64_t *topics;

    if (!may_wait(rq))
        return false;
    topics = wr_newn(rq->arena, uint64_t, (size_t)n);
    for (int i = 0; i < n; i++)
        topics[i] = wr_topic_jobs(rq->who.tenant, types[i]);
    rq->park = (struct wr_park){ .topics = topics, .n = n, .max = max };

    return true;
}

void
wr_park_unsent(struct wr_request *rq)
{
    struct wr_service *s = rq->service;

    for (size_t i = 0; i < rq->n_leased; i++) {
        struct wr_job_row row = { .id = rq->leased[i].id,
                                  .tenant = rq->who.tenant,
                                  .lease = rq->leased[i].lease };
        struct wr_change change = { .op = WR_OP_DEL,
                                    .noun = WR_JOBS,
                                    .job = &row };
        struct wr_moved moved = {
            .topic = wr_topic_jobs(rq->who.tenant, rq->leased[i].type), .n = 1
        };
        struct wr_err err;

        /* what fails here comes back when its lease is over */
        if (wr_runtime_change(s->runtime, &change, 1, &err) < 0)
            continue;
        atomic_fetch_add(&s->jobs_returned, 1);
        wr_hub_tell(s->hub, &moved, 1);
    }
    wr_log(WR_LOG_INFO, "jobs of a worker that went away are free again",
           "requestId", rq->request_id, NULL);
}

/* ---- instances ---- */

struct look {
    struct wr_request *rq;
    struct wr_uuid root; /* the topmost caller */
    int calls;           /* that may still be looked at */
};

static int runs(struct look *l, const struct wr_uuid *id, bool *yes,
                struct wr_err *err);

static int
token_runs(struct look *l, const struct wr_token_info *t, bool *yes,
           struct wr_err *err)
{
    const char *what = t->waiting_for ? t->waiting_for : "";

    if (t->state != WR_TOKEN_WAITING)
        return 0;
    if (strcmp(what, "job") == 0 || strcmp(what, "async") == 0)
        *yes = true;
    else if (strcmp(what, "child") == 0 && l->calls-- > 0)
        return runs(l, &t->id, yes, err);

    return 0;
}

/* Is there something that goes on by itself, or by a worker? */
static int
runs(struct look *l, const struct wr_uuid *id, bool *yes, struct wr_err *err)
{
    struct wr_request *rq = l->rq;
    const struct wr_token_info *tokens;
    struct wr_view view;
    int n, rc = 0;

    if (wr_runtime_view(rq->service->runtime, id, rq->who.tenant, rq->arena,
                        &view, err)
        < 0)
        return (int)err->code;
    if (wr_uuid_is_zero(&l->root))
        l->root = wr_uuid_is_zero(&view.row->root) ? *id : view.row->root;
    if (view.row->state == WR_ACTIVE) {
        n = wr_instance_tokens(view.instance, view.definition->model, rq->arena,
                               &tokens);
        for (int i = 0; rc == 0 && !*yes && i < n; i++)
            rc = token_runs(l, &tokens[i], yes, err);
    }
    wr_definition_unref(view.definition);

    return rc;
}

static const char *
hex(struct wr_arena *a, const struct wr_blob *b)
{
    struct wr_str s = { .arena = a };

    for (size_t i = 0; i < b->len; i++)
        wr_str_printf(&s, "%02x", ((const unsigned char *)b->p)[i]);

    return wr_str_text(&s);
}

static void
park(struct wr_request *rq, const struct wr_uuid *root)
{
    uint64_t *topic = wr_new(rq->arena, uint64_t);

    *topic = wr_topic_instance(root);
    rq->park = (struct wr_park){ .topics = topic,
                                 .n = 1,
                                 .resume = hex(rq->arena, &rq->waited) };
}

void
wr_park_instance(struct wr_request *rq, const void *out)
{
    struct look l = { .rq = rq, .calls = CALLS_MAX };
    const struct wr_instance_json *shown = out;
    struct wr_err ignored = { 0 };
    bool yes = false;

    if (!may_wait(rq) || rq->park.n)
        return;
    if (!rq->waited.len && rq->route->out == &wr_instance_object)
        rq->waited = (struct wr_blob){ &shown->id, sizeof(shown->id) };
    /* It happened: what cannot be looked at now is no reason to say else. */
    if (rq->waited.len && runs(&l, rq->waited.p, &yes, &ignored) == 0 && yes)
        park(rq, &l.root);
}

static int
nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c - 'a' + 10;
}

int
wr_park_resume(struct wr_request *rq, void *out, struct wr_err *err)
{
    const struct wr_route *r = rq->route;
    const char *text = rq->park_resume;
    size_t n = strlen(text) / 2;
    unsigned char *bytes = wr_arena_alloc(rq->arena, n + 1);
    int rc;

    if (n < sizeof(struct wr_uuid) || strlen(text) % 2
        || text[strspn(text, "0123456789abcdef")]
        || !(r->flags & WR_ROUTE_WAIT))
        return wr_fail(err, WR_EINVALID, "nothing was parked like this");
    for (size_t i = 0; i < n; i++)
        bytes[i] = (unsigned char)(nibble(text[2 * i]) << 4
                                   | nibble(text[2 * i + 1]));
    rq->waited = rq->stored = (struct wr_blob){ bytes, n };

    rc = r->flags & WR_ROUTE_REPLAYS
             ? r->handler(rq, NULL, out, err)
             : wr_instance_out(rq, (const struct wr_uuid *)bytes, out, err);
    /* the store is away: it may be back before the time is up */
    if (rc < 0 && wr_code_retryable(err->code) && may_wait(rq)) {
        park(rq, rq->waited.p);
        return 0;
    }

    return rc;
}

void
wr_park_write(const struct wr_request *rq, struct wr_str *head)
{
    const struct wr_park *p = &rq->park;

    wr_str_printf(head,
                  "Status: 204\r\nX-Accel-Redirect: @weir_park\r\n"
                  "X-Weir-Park: wait=%lld max=%d resume=%s topics=",
                  (long long)rq->wait_ms, p->max, p->resume ? p->resume : "");
    for (int i = 0; i < p->n; i++)
        wr_str_printf(head, "%016llx", (unsigned long long)p->topics[i]);
    wr_str_add(head, "\r\n\r\n");
}

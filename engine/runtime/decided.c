/*
 * decided: which version of a decision is meant.
 *
 * That, and whether it was deleted, is asked of the store each time.  A step that
 * is past the question keeps what it found in its arena.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/runtime/decision.h"
#include "engine/runtime/slot.h"

static int
check_state(const struct wr_decision_row *row, struct wr_err *err)
{
    if (row->state == WR_DEF_DELETED)
        return wr_fail(err, WR_ESTATE,
                       "version %d of decision '%.100s' is deleted",
                       (int)row->version, row->key);

    return 0;
}

/* *out NULL: there is none. */
static int
find_row(struct wr_runtime *rt, const struct wr_query *q, struct wr_arena *a,
         const struct wr_decision_row **out, struct wr_err *err)
{
    struct wr_rows rows;

    if (wr_runtime_find(rt, q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n ? &rows.decisions[0] : NULL;

    return 0;
}

/* The newest one that has the tag. */
static int
find_tagged(struct wr_runtime *rt, struct wr_query *q, const char *tag,
            struct wr_arena *a, const struct wr_decision_row **out,
            struct wr_err *err)
{
    struct wr_rows rows;

    q->descending = true;
    q->state = WR_DEF_ACTIVE;
    q->limit = 0;
    *out = NULL;
    do {
        if (wr_runtime_find(rt, q, a, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n && !*out; i++)
            if (rows.decisions[i].version_tag
                && strcmp(rows.decisions[i].version_tag, tag) == 0)
                *out = &rows.decisions[i];
        q->cursor = rows.next;
    } while (q->cursor && !*out);

    return 0;
}

static int
find_bound(struct wr_runtime *rt, int32_t tenant,
           const struct wr_decision_ref *ref, struct wr_arena *a,
           const struct wr_decision_row **out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DECISIONS,
                          .tenant = tenant,
                          .key = ref->key,
                          .state = -1,
                          .limit = 1 };

    switch (ref->binding) {
    case WR_BIND_TAG:
        return find_tagged(rt, &q, ref->tag, a, out, err);
    case WR_BIND_DEPLOYMENT:
        q.deployment = &ref->deployment;
        break;
    case WR_BIND_VERSION:
        q.version = ref->version;
        break;
    case WR_BIND_LATEST:
        q.latest = true;
        q.state = WR_DEF_ACTIVE;
        break;
    }

    return find_row(rt, &q, a, out, err);
}

static int
not_found(const struct wr_decision_ref *ref, struct wr_err *err)
{
    if (ref->binding == WR_BIND_DEPLOYMENT)
        return wr_fail(err, WR_ENOTFOUND,
                       "no decision '%.100s' was deployed with its caller",
                       ref->key);
    if (ref->binding == WR_BIND_VERSION)
        return wr_fail(err, WR_ENOTFOUND,
                       "no version %d of decision '%.100s' is deployed",
                       (int)ref->version, ref->key);
    if (ref->binding == WR_BIND_TAG)
        return wr_fail(err, WR_ENOTFOUND,
                       "no version of decision '%.100s' has the tag '%.60s'",
                       ref->key, ref->tag);

    return wr_fail(err, WR_ENOTFOUND, "no decision '%.100s' is deployed",
                   ref->key);
}

int
wr_runtime_decision_bound(struct wr_runtime *rt, int32_t tenant,
                          const struct wr_decision_ref *ref,
                          const struct wr_deployed_decision **out,
                          struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    const struct wr_decision_row *row = NULL;

    if (find_bound(rt, tenant, ref, scratch, &row, err) < 0)
        return err->code;
    if (!row)
        return not_found(ref, err);
    if (check_state(row, err) < 0)
        return err->code;

    return wr_decisions_open(rt, row, out, err);
}

/* "key:12": the version, and where the key ends; 0 when there is none. */
static int32_t
version_of(const char *ref, size_t *key_len)
{
    const char *colon = strrchr(ref, ':');
    char *end;
    long n;

    if (!colon || !isdigit((unsigned char)colon[1]))
        return 0;
    n = strtol(colon + 1, &end, 10);
    *key_len = (size_t)(colon - ref);

    return *end || n < 1 || n > INT32_MAX ? 0 : (int32_t)n;
}

int
wr_runtime_decision_row(struct wr_runtime *rt, const char *ref, int32_t tenant,
                        struct wr_arena *a, const struct wr_decision_row **out,
                        struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_DECISIONS, .tenant = tenant, .state = -1, .limit = 1
    };
    struct wr_err ignored;
    struct wr_uuid id;
    size_t len = 0;

    if (wr_uuid_parse(ref, strlen(ref), &id, &ignored) == 0) {
        q.id = &id;
    } else {
        q.key = ref;
        q.version = version_of(ref, &len);
        if (q.version)
            q.key = wr_arena_strndup(a, ref, len);
        else
            q.latest = true;
    }
    if (find_row(rt, &q, a, out, err) < 0)
        return err->code;
    if (!*out)
        return wr_fail(err, WR_ENOTFOUND, "no decision '%.100s'", ref);

    return 0;
}

int
wr_runtime_decision(struct wr_runtime *rt, const char *ref, int32_t tenant,
                    const struct wr_deployed_decision **out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    const struct wr_decision_row *row;

    if (wr_runtime_decision_row(rt, ref, tenant, scratch, &row, err) < 0
        || check_state(row, err) < 0)
        return err->code;

    return wr_decisions_open(rt, row, out, err);
}

int
wr_runtime_delete_decision(struct wr_runtime *rt,
                           const struct wr_decision_row *row,
                           struct wr_err *err)
{
    struct wr_decision_row to = *row;
    struct wr_change change = { .op = WR_OP_PUT,
                                .noun = WR_DECISIONS,
                                .decision = &to };

    to.state = WR_DEF_DELETED;

    return wr_runtime_change(rt, &change, 1, err);
}

/* ---- of a step ---- */

static void
unref(void *decision)
{
    wr_deployed_decision_unref(decision);
}

static bool
same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* What this step was told before. */
static bool
told(const struct wr_decided *found, struct wr_decider *d)
{
    for (; found; found = found->next) {
        if (found->as.binding != d->binding || found->wanted != d->version
            || found->as.service != d->service
            || strcmp(found->as.ref, d->ref) != 0
            || !same_text(found->as.tag, d->tag)
            || !same_text(found->as.tenant, d->tenant))
            continue;
        d->version = found->as.version;
        d->dmn = found->as.dmn;
        d->decision = found->as.decision;
        return true;
    }

    return false;
}

static void
remember(struct wr_arena *a, const struct wr_decided **found,
         const struct wr_decider *d, int32_t wanted)
{
    struct wr_decided *r = wr_new(a, struct wr_decided);

    r->as = *d;
    r->as.ref = wr_arena_strdup(a, d->ref);
    r->as.tag = d->tag ? wr_arena_strdup(a, d->tag) : NULL;
    r->as.tenant = d->tenant ? wr_arena_strdup(a, d->tenant) : NULL;
    r->wanted = wanted;
    r->next = *found;
    *found = r;
}

/* Tenants are numbers; nobody decides with the rules of another one. */
static int
check_tenant(const struct wr_decider *d, int32_t tenant, struct wr_err *err)
{
    char own[16];

    snprintf(own, sizeof(own), "%d", (int)tenant);
    if (d->tenant && strcmp(d->tenant, own) != 0)
        return wr_fail(err, WR_ENOTFOUND,
                       "decision '%.100s' is looked for in tenant '%.60s', "
                       "which is not that of the instance",
                       d->ref, d->tenant);

    return 0;
}

int
wr_decisions_decide(struct wr_runtime *rt, const struct wr_definition *on,
                    struct wr_step *s, const struct wr_decided **found,
                    struct wr_decider *d, struct wr_err *err)
{
    const struct wr_decision_ref ref = { .key = d->ref,
                                         .binding = d->binding,
                                         .version = d->version,
                                         .tag = d->tag,
                                         .deployment = on->row.deployment };
    const struct wr_deployed_decision *it;
    int32_t wanted = d->version;

    if (told(*found, d))
        return 0;
    if (check_tenant(d, on->row.tenant, err) < 0
        || wr_runtime_decision_bound(rt, on->row.tenant, &ref, &it, err) < 0)
        return err->code;
    wr_arena_defer(s->arena, unref, (void *)(uintptr_t)it);
    if (d->service && wr_dmn_kind(it->element) != WR_DMN_SERVICE)
        return wr_fail(err, WR_ENOTFOUND,
                       "'%.100s' is a decision, not a decision service",
                       d->ref);
    d->version = it->row.version;
    d->dmn = it->model;
    d->decision = it->element;
    remember(s->arena, found, d, wanted);

    return 0;
}

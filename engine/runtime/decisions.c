/*
 * decisions: models of deployed DMN files, read once per process.
 *
 * A file never changes once it is stored, so what is cached is never stale;
 * which version is meant is decided.c's.
 */
#include <string.h>

#include "engine/runtime/decision.h"
#include "engine/runtime/slot.h"

enum {
    MAX_BYTES = 8 << 20,
    MAX_DEPTH = 256
};

struct item {
    struct wr_deployed_decision pub;
    struct wr_decided_file *file;
};

struct wr_decided_file {
    struct wr_decided_file *next;
    struct wr_arena *arena; /* holds it */
    atomic_int refs;        /* one of them is the list's */
    struct wr_uuid deployment;
    const char *resource;
    const struct wr_dmn *model;
    struct item *items;
    size_t n;
};

static void
unref_file(struct wr_decided_file *f)
{
    if (atomic_fetch_sub(&f->refs, 1) == 1)
        wr_arena_free(f->arena);
}

void
wr_deployed_decision_unref(const struct wr_deployed_decision *d)
{
    if (d)
        unref_file(wr_container_of((uintptr_t)d, struct item, pub)->file);
}

void
wr_decisions_clear(struct wr_runtime *rt)
{
    while (rt->decisions) {
        struct wr_decided_file *f = rt->decisions;

        rt->decisions = f->next;
        unref_file(f);
    }
    rt->n_decisions = 0;
}

struct wr_xml_limits
wr_decisions_limits(const struct wr_runtime *rt)
{
    size_t max = rt->o.bpmn.max_bytes;

    return (struct wr_xml_limits){ .max_bytes = max ? max : MAX_BYTES,
                                   .max_depth = MAX_DEPTH };
}

/* ---- the list, under rt->lock ---- */

static struct wr_decided_file *
find_file(struct wr_runtime *rt, const struct wr_decision_row *row)
{
    for (struct wr_decided_file **p = &rt->decisions; *p; p = &(*p)->next) {
        struct wr_decided_file *f = *p;

        if (!wr_uuid_equal(&f->deployment, &row->deployment)
            || strcmp(f->resource, row->resource) != 0)
            continue;
        *p = f->next;
        f->next = rt->decisions;
        rt->decisions = f;
        return f;
    }

    return NULL;
}

static void
drop_oldest(struct wr_runtime *rt)
{
    struct wr_decided_file **p = &rt->decisions, *f;

    while ((*p)->next)
        p = &(*p)->next;
    f = *p;
    *p = NULL;
    rt->n_decisions--;
    unref_file(f);
}

/* Two threads may have read the same one: the first to come here wins. */
static struct wr_decided_file *
keep(struct wr_runtime *rt, struct wr_decided_file *f,
     const struct wr_decision_row *row)
{
    struct wr_decided_file *known = find_file(rt, row);

    if (known) {
        unref_file(f);
        return known;
    }
    if (rt->n_decisions >= WR_CACHED_DECISIONS)
        drop_oldest(rt);
    f->next = rt->decisions;
    rt->decisions = f;
    rt->n_decisions++;

    return f;
}

/* ---- reading a file ---- */

struct sources {
    struct wr_dmn_source *items;
    size_t n, cap;
};

static void
add_source(struct wr_arena *a, struct sources *s, const struct wr_dmn_source *x)
{
    if (s->n == s->cap) {
        size_t cap = s->cap ? 2 * s->cap : 8;
        struct wr_dmn_source *more = wr_newn(a, struct wr_dmn_source, cap);

        if (s->n)
            memcpy(more, s->items, s->n * sizeof(*more));
        s->items = more;
        s->cap = cap;
    }
    s->items[s->n++] = *x;
}

/* The file of the row in front, then what it may import. */
static int
read_sources(struct wr_runtime *rt, const struct wr_decision_row *row,
             struct wr_arena *scratch, struct sources *out, struct wr_err *err)
{
    const struct wr_xml_limits limits = wr_decisions_limits(rt);
    struct wr_query q = { .noun = WR_RESOURCES,
                          .tenant = row->tenant,
                          .deployment = &row->deployment,
                          .state = -1 };
    struct wr_rows rows;
    bool found = false;

    add_source(scratch, out, &(struct wr_dmn_source){ 0 });
    do {
        if (wr_runtime_find(rt, &q, scratch, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            const struct wr_resource_row *r = &rows.resources[i];
            struct wr_dmn_source s = { r->name, r->bytes.p, r->bytes.len };

            if (strcmp(r->name, row->resource) == 0) {
                out->items[0] = s;
                found = true;
            } else if (wr_dmn_is_file(s.bytes, s.len, &limits)) {
                add_source(scratch, out, &s);
            }
        }
        q.cursor = rows.next;
    } while (q.cursor);

    return found ? 0
                 : wr_fail(err, WR_ECORRUPT, "file '%s' is missing",
                           row->resource);
}

static const struct wr_dmn_element *
element_of(const struct wr_dmn *m, const char *key)
{
    for (const struct wr_dmn_element *e = wr_dmn_next(m, NULL); e;
         e = wr_dmn_next(m, e))
        if ((wr_dmn_kind(e) & (WR_DMN_DECISION | WR_DMN_SERVICE))
            && strcmp(wr_dmn_key(e), key) == 0)
            return e;

    return NULL;
}

static void
add_item(struct wr_decided_file *f, const struct wr_decision_row *row)
{
    const struct wr_record *record = wr_record_of(WR_DECISIONS);
    const struct wr_dmn_element *e = element_of(f->model, row->key);
    struct item *to = &f->items[f->n];
    const struct wr_decision_row *copy;

    if (!e || strcmp(row->resource, f->resource) != 0)
        return;
    copy = wr_record_copy(record, f->arena, row);
    to->pub.row = *copy;
    to->pub.model = f->model;
    to->pub.element = e;
    to->file = f;
    f->n++;
}

/* Every decision of the file; they were deployed together. */
static int
read_items(struct wr_runtime *rt, struct wr_decided_file *f, int32_t tenant,
           struct wr_arena *scratch, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DECISIONS,
                          .tenant = tenant,
                          .deployment = &f->deployment,
                          .state = -1 };
    struct wr_rows rows;
    size_t cap = 0;

    for (const struct wr_dmn_element *e = wr_dmn_next(f->model, NULL); e;
         e = wr_dmn_next(f->model, e))
        cap++;
    f->items = wr_newn(f->arena, struct item, cap + 1);
    do {
        if (wr_runtime_find(rt, &q, scratch, &rows, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n && f->n < cap; i++)
            add_item(f, &rows.decisions[i]);
        q.cursor = rows.next;
    } while (q.cursor);

    return 0;
}

static int
load(struct wr_runtime *rt, const struct wr_decision_row *row,
     struct wr_decided_file **out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    const struct wr_xml_limits limits = wr_decisions_limits(rt);
    struct wr_decided_file *f = wr_new(a, struct wr_decided_file);
    struct wr_findings ignored = { .arena = scratch }; /* judged before */
    struct sources s = { 0 };
    int rc;

    f->arena = a;
    f->deployment = row->deployment;
    f->resource = wr_arena_strdup(a, row->resource);
    rc = read_sources(rt, row, scratch, &s, err);
    for (size_t i = 0; rc == 0 && i < s.n; i++)
        s.items[i].name = wr_arena_strdup(a, s.items[i].name);
    if (rc < 0
        || wr_dmn_read(a, s.items, s.n, &limits, &ignored, &f->model, err) < 0
        || read_items(rt, f, row->tenant, scratch, err) < 0)
        return wr_wrap(err, "decision '%s:%d'", row->key, (int)row->version);
    atomic_init(&f->refs, 1);
    (void)wr_steal(a);
    *out = f;

    return 0;
}

int
wr_decisions_open(struct wr_runtime *rt, const struct wr_decision_row *row,
                  const struct wr_deployed_decision **out, struct wr_err *err)
{
    struct wr_decided_file *f;

    pthread_mutex_lock(&rt->lock);
    f = find_file(rt, row);
    if (f)
        atomic_fetch_add(&f->refs, 1);
    pthread_mutex_unlock(&rt->lock);
    if (!f) {
        if (load(rt, row, &f, err) < 0)
            return err->code;
        pthread_mutex_lock(&rt->lock);
        f = keep(rt, f, row);
        atomic_fetch_add(&f->refs, 1);
        pthread_mutex_unlock(&rt->lock);
    }
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->items[i].pub.row.key, row->key) != 0)
            continue;
        *out = &f->items[i].pub;
        return 0;
    }
    unref_file(f);

    return wr_fail(err, WR_ECORRUPT, "file '%s' has no decision '%s'",
                   row->resource, row->key);
}

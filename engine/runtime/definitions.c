/*
 * definitions: models of deployed definitions, parsed once per process.
 *
 * A definition never changes once stored (but for its state), so the cache is
 * only ever stale about which version is the latest.  A start commits under the
 * condition that its version still is (struct wr_item.check); when it is
 * not, wr_definitions_forget_latest() makes the next look-up ask the store.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/symbols.h"
#include "engine/runtime/slot.h"

struct wr_cached {
    struct wr_definition pub;
    struct wr_cached *next;
    struct wr_arena *arena;
    atomic_int refs; /* one of them is the list's */
    bool latest;     /* of its key, as far as known */
};

static struct wr_cached *
cached_of(const struct wr_definition *d)
{
    return wr_container_of((uintptr_t)d, struct wr_cached, pub);
}

void
wr_definition_ref(const struct wr_definition *d)
{
    atomic_fetch_add(&cached_of(d)->refs, 1);
}

void
wr_definition_unref(const struct wr_definition *d)
{
    struct wr_cached *c;

    if (!d)
        return;
    c = cached_of(d);
    if (atomic_fetch_sub(&c->refs, 1) == 1)
        wr_arena_free(c->arena); /* holds c */
}

void
wr_definitions_clear(struct wr_runtime *rt)
{
    while (rt->definitions) {
        struct wr_cached *c = rt->definitions;

        rt->definitions = c->next;
        wr_definition_unref(&c->pub);
    }
    rt->n_definitions = 0;
}

/* ---- the list, under rt->lock ---- */

static void
to_front(struct wr_runtime *rt, struct wr_cached **at)
{
    struct wr_cached *c = *at;

    *at = c->next;
    c->next = rt->definitions;
    rt->definitions = c;
}

static struct wr_cached *
find_id(struct wr_runtime *rt, const struct wr_uuid *id)
{
    struct wr_cached **p = &rt->definitions;

    for (; *p; p = &(*p)->next) {
        if (wr_uuid_equal(&(*p)->pub.row.id, id)) {
            to_front(rt, p);
            return rt->definitions;
        }
    }

    return NULL;
}

static bool
is_key(const struct wr_cached *c, int32_t tenant, const char *key)
{
    return c->pub.row.tenant == tenant && strcmp(c->pub.row.key, key) == 0;
}

static struct wr_cached *
find_latest(struct wr_runtime *rt, int32_t tenant, const char *key)
{
    struct wr_cached **p = &rt->definitions;

    for (; *p; p = &(*p)->next) {
        if ((*p)->latest && is_key(*p, tenant, key)) {
            to_front(rt, p);
            return rt->definitions;
        }
    }

    return NULL;
}

static void
forget_latest(struct wr_runtime *rt, int32_t tenant, const char *key)
{
    for (struct wr_cached *c = rt->definitions; c; c = c->next)
        if (is_key(c, tenant, key))
            c->latest = false;
}

void
wr_definitions_forget_latest(struct wr_runtime *rt, int32_t tenant,
                             const char *key)
{
    pthread_mutex_lock(&rt->lock);
    forget_latest(rt, tenant, key);
    pthread_mutex_unlock(&rt->lock);
}

void
wr_definitions_forget(struct wr_runtime *rt,
                      const struct wr_definition_row *row)
{
    struct wr_cached *c, **p;

    pthread_mutex_lock(&rt->lock);
    forget_latest(rt, row->tenant, row->key);
    p = &rt->definitions;
    while (*p && !wr_uuid_equal(&(*p)->pub.row.id, &row->id))
        p = &(*p)->next;
    c = *p;
    if (c) {
        *p = c->next;
        rt->n_definitions--;
    }
    pthread_mutex_unlock(&rt->lock);
    if (c)
        wr_definition_unref(&c->pub);
}

static void
drop_oldest(struct wr_runtime *rt)
{
    struct wr_cached **p = &rt->definitions;
    struct wr_cached *c;

    while ((*p)->next)
        p = &(*p)->next;
    c = *p;
    *p = NULL;
    rt->n_definitions--;
    wr_definition_unref(&c->pub);
}

/* Two threads may have loaded the same one: the first to come here wins. */
static struct wr_cached *
keep(struct wr_runtime *rt, struct wr_cached *c)
{
    struct wr_cached *known = find_id(rt, &c->pub.row.id);

    if (known) {
        wr_definition_unref(&c->pub);
        return known;
    }
    if (rt->n_definitions >= WR_CACHED_DEFINITIONS)
        drop_oldest(rt);
    c->next = rt->definitions;
    rt->definitions = c;
    rt->n_definitions++;

    return c;
}

/* ---- loading ---- */

static int
find_row(struct wr_runtime *rt, const struct wr_query *q, const char *ref,
         struct wr_arena *a, const struct wr_definition_row **out,
         struct wr_err *err)
{
    struct wr_rows rows;

    if (wr_runtime_find(rt, q, a, &rows, err) < 0)
        return wr_wrap(err, "definition '%s'", ref);
    if (rows.n == 0)
        return wr_fail(err, WR_ENOTFOUND, "no definition '%s'", ref);
    *out = &rows.definitions[0];

    return 0;
}

/* A file that was deployed with it; none: out->p is NULL. */
static int
find_file(struct wr_runtime *rt, const struct wr_definition_row *row,
          const char *name, struct wr_arena *a, struct wr_blob *out,
          struct wr_err *err)
{
    struct wr_query q = {
        .noun = WR_RESOURCES,
        .tenant = row->tenant,
        .deployment = &row->deployment,
        .name = name,
        .state = -1,
        .limit = 1,
    };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n ? rows.resources[0].bytes : (struct wr_blob){ 0 };

    return 0;
}

static int
find_xml(struct wr_runtime *rt, const struct wr_definition_row *row,
         struct wr_arena *a, struct wr_blob *out, struct wr_err *err)
{
    if (find_file(rt, row, row->resource, a, out, err) < 0)
        return err->code;
    if (!out->p)
        return wr_fail(err, WR_ECORRUPT, "file '%s' is missing", row->resource);

    return 0;
}

struct files { /* of one deployment, while a model is read */
    struct wr_runtime *rt;
    const struct wr_definition_row *row;
    struct wr_err err;
};

static bool
script_of(void *files, struct wr_arena *a, const char *name, const char **bytes,
          size_t *len)
{
    struct files *f = files;
    struct wr_blob found = { 0 };

    if (find_file(f->rt, f->row, name, a, &found, &f->err) < 0 || !found.p)
        return false;
    *bytes = (const char *)found.p;
    *len = found.len;

    return true;
}

/* The model; when a file could not be read, that is what is wrong. */
static int
read_model(struct wr_runtime *rt, const struct wr_definition_row *row,
           struct wr_arena *a, const struct wr_blob *xml, struct wr_bpmn *out,
           struct wr_err *err)
{
    struct wr_bpmn_options options = rt->o.bpmn;
    struct files files = { .rt = rt, .row = row };
    int code;

    options.strict = false; /* it was deployed: findings were judged then */
    options.file = script_of;
    options.files = &files;
    code = wr_bpmn_read(a, xml->p, xml->len, &options, out, err);
    if (code == 0 && files.err.code < 0)
        *err = files.err;

    return code < 0 ? code : (int)files.err.code;
}

static int
bind(struct wr_arena *a, const struct wr_bpmn *bpmn,
     const struct wr_definition_row *row, const struct wr_model **out,
     struct wr_err *err)
{
    struct wr_symbols *symbols;
    struct wr_model *m = NULL;

    for (int i = 0; i < bpmn->n_models; i++)
        if (strcmp(bpmn->models[i]->process_id, row->key) == 0)
            m = wr_arena_memdup(a, bpmn->models[i], sizeof(*m));
    if (!m)
        return wr_fail(err, WR_ECORRUPT, "file '%s' has no process '%s'",
                       row->resource, row->key);
    if (wr_symbols_decode(a, row->symbols.p, row->symbols.len, &symbols, err)
        < 0)
        return err->code;
    wr_model_bind(a, m, symbols);
    *out = m;

    return 0;
}

static void
copy_row(struct wr_arena *a, const struct wr_definition_row *from,
         struct wr_definition_row *to)
{
    *to = *from;
    to->key = wr_arena_strdup(a, from->key);
    to->kind = wr_arena_strdup(a, from->kind);
    to->resource = wr_arena_strdup(a, from->resource);
    if (from->name)
        to->name = wr_arena_strdup(a, from->name);
    if (from->version_tag)
        to->version_tag = wr_arena_strdup(a, from->version_tag);
    to->symbols.p = wr_arena_memdup(a, from->symbols.p, from->symbols.len);
}

static int
load(struct wr_runtime *rt, const struct wr_definition_row *row,
     struct wr_cached **out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(16384);
    struct wr_cached *c = wr_new(a, struct wr_cached);
    struct wr_bpmn bpmn;
    struct wr_blob xml = { 0 };

    copy_row(a, row, &c->pub.row);
    if (find_xml(rt, row, scratch, &xml, err) < 0
        || read_model(rt, row, a, &xml, &bpmn, err) < 0
        || bind(a, &bpmn, &c->pub.row, &c->pub.model, err) < 0
        || wr_definition_inputs(rt, row, a, &c->pub.inputs, err) < 0
        || wr_definition_forms(rt, &c->pub, a, err) < 0)
        return wr_wrap(err, "definition '%s:%d'", row->key, (int)row->version);
    c->arena = wr_steal(a);
    atomic_init(&c->refs, 1);
    *out = c;

    return 0;
}

/* ---- looking up ---- */

/* What the cache has, referenced; NULL when it must be loaded. */
static const struct wr_definition *
known(struct wr_runtime *rt, const struct wr_uuid *id, int32_t tenant,
      const char *key)
{
    struct wr_cached *c;

    pthread_mutex_lock(&rt->lock);
    c = id ? find_id(rt, id) : find_latest(rt, tenant, key);
    if (c && c->pub.row.tenant != tenant)
        c = NULL;
    if (c)
        wr_definition_ref(&c->pub);
    pthread_mutex_unlock(&rt->lock);

    return c ? &c->pub : NULL;
}

static int
fetch(struct wr_runtime *rt, const struct wr_query *q, const char *ref,
      const struct wr_definition **out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    const struct wr_definition_row *row = NULL;
    struct wr_cached *c = NULL;

    if (find_row(rt, q, ref, scratch, &row, err) < 0)
        return err->code;
    *out = known(rt, &row->id, q->tenant, "");
    if (!*out && load(rt, row, &c, err) < 0)
        return err->code;
    pthread_mutex_lock(&rt->lock);
    c = c ? keep(rt, c) : cached_of(*out);
    if (!*out)
        wr_definition_ref(&c->pub);
    if (q->latest) {
        forget_latest(rt, q->tenant, row->key);
        c->latest = true;
    }
    pthread_mutex_unlock(&rt->lock);
    *out = &c->pub;

    return 0;
}

int
wr_definition_by_id(struct wr_runtime *rt, const struct wr_uuid *id,
                    int32_t tenant, const struct wr_definition **out,
                    struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = tenant,
                          .id = id,
                          .state = -1,
                          .limit = 1 };
    char text[WR_UUID_TEXT];

    *out = known(rt, id, tenant, "");
    if (*out)
        return 0;
    wr_uuid_text(id, text);

    return fetch(rt, &q, text, out, err);
}

/* "key:12": the version, and where the key ends; 0 when there is none. */
static int32_t
version_of(const char *ref, size_t *key_len)
{
    const char *colon = strrchr(ref, ':');
    int64_t n = 0;

    if (!colon || !colon[1])
        return 0;
    for (const char *p = colon + 1; *p; p++) {
        if (!isdigit((unsigned char)*p) || n > INT32_MAX / 10)
            return 0;
        n = n * 10 + (*p - '0');
    }
    *key_len = (size_t)(colon - ref);

    return n <= INT32_MAX ? (int32_t)n : 0;
}

static bool
is_id(const char *ref, struct wr_uuid *id)
{
    struct wr_err ignored;

    return wr_uuid_parse(ref, strlen(ref), id, &ignored) == 0;
}

bool
wr_definition_ref_is_key(const char *ref)
{
    struct wr_uuid id;
    size_t len;

    return !is_id(ref, &id) && version_of(ref, &len) == 0;
}

int
wr_runtime_definition(struct wr_runtime *rt, const char *ref, int32_t tenant,
                      const struct wr_definition **out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(256);
    struct wr_query q = {
        .noun = WR_DEFINITIONS, .tenant = tenant, .state = -1, .limit = 1
    };
    struct wr_uuid id;
    size_t len = 0;

    if (is_id(ref, &id))
        return wr_definition_by_id(rt, &id, tenant, out, err);
    q.key = ref;
    q.version = version_of(ref, &len);
    if (q.version) {
        q.key = wr_arena_strndup(scratch, ref, len);
    } else {
        q.latest = true;
        q.state = WR_DEF_ACTIVE;
        *out = known(rt, NULL, tenant, ref);
        if (*out)
            return 0;
    }

    return fetch(rt, &q, ref, out, err);
}

/* ---- called ---- */

/* What is in the cache and can only be this one. */
static const struct wr_definition *
known_called(struct wr_runtime *rt, const struct wr_definition_row *caller,
             const struct wr_callee *c)
{
    struct wr_cached *d;

    if (c->binding == WR_BIND_TAG)
        return NULL; /* a later version may have it, too */
    if (c->binding == WR_BIND_LATEST)
        return known(rt, NULL, caller->tenant, c->key);
    pthread_mutex_lock(&rt->lock);
    for (d = rt->definitions; d; d = d->next) {
        if (is_key(d, caller->tenant, c->key)
            && (c->binding == WR_BIND_VERSION
                    ? d->pub.row.version == c->version
                    : wr_uuid_equal(&d->pub.row.deployment,
                                    &caller->deployment)))
            break;
    }
    if (d)
        wr_definition_ref(&d->pub);
    pthread_mutex_unlock(&rt->lock);

    return d ? &d->pub : NULL;
}

static int
fetch_called(struct wr_runtime *rt, const struct wr_definition_row *caller,
             const struct wr_callee *c, const struct wr_definition **out,
             struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = caller->tenant,
                          .key = c->key,
                          .state = -1,
                          .limit = 1 };
    struct wr_uuid id;

    switch (c->binding) {
    case WR_BIND_LATEST:
        q.latest = true;
        q.state = WR_DEF_ACTIVE;
        break;
    case WR_BIND_DEPLOYMENT:
        q.deployment = &caller->deployment;
        break;
    case WR_BIND_VERSION:
        q.version = c->version;
        break;
    case WR_BIND_TAG:
        if (wr_definition_tagged(rt, caller->tenant, c, &id, err) < 0)
            return err->code;
        return wr_definition_by_id(rt, &id, caller->tenant, out, err);
    }

    return fetch(rt, &q, c->key, out, err);
}

static int
not_found(const struct wr_callee *c, struct wr_err *err)
{
    if (c->binding == WR_BIND_DEPLOYMENT)
        return wr_fail(err, WR_ENOTFOUND,
                       "no process '%.100s' was deployed with its caller",
                       c->key);
    if (c->binding == WR_BIND_VERSION)
        return wr_fail(err, WR_ENOTFOUND,
                       "no version %d of process '%.100s' is deployed",
                       (int)c->version, c->key);
    if (c->binding == WR_BIND_LATEST)
        return wr_fail(err, WR_ENOTFOUND, "no process '%.100s' is deployed",
                       c->key);

    return err->code; /* wr_definition_tagged() has said it */
}

int
wr_definition_called(struct wr_runtime *rt,
                     const struct wr_definition_row *caller,
                     struct wr_callee *c, struct wr_err *err)
{
    const struct wr_definition *d = known_called(rt, caller, c);

    if (!d && fetch_called(rt, caller, c, &d, err) < 0)
        return err->code == WR_ENOTFOUND ? not_found(c, err) : err->code;
    c->version = d->row.version;
    c->definition = d->row.id;
    if (d->row.state != WR_DEF_ACTIVE) { /* perhaps it was resumed */
        wr_definitions_forget(rt, &d->row);
        wr_definition_unref(d);
        if (fetch_called(rt, caller, c, &d, err) < 0)
            return err->code == WR_ENOTFOUND ? not_found(c, err) : err->code;
    }
    if (d->row.state != WR_DEF_ACTIVE)
        wr_fail(err, WR_ESTATE, "version %d of process '%.100s' is not active",
                (int)d->row.version, c->key);
    else
        err->code = WR_OK;
    wr_definition_unref(d);

    return err->code;
}

/*
 * meant: is a message meant for who waits for one of its name (S15)?
 *
 * A message flow may have said for which process and element it is.  Who waits
 * may tell where a message has its key: one that came without a key is looked
 * into, so BPMN's correlation needs no key of the sender's.
 */
#include <string.h>

#include "engine/runtime/seek.h"

/* `to`: "process" or "process/element". */
static bool
is_aimed_at(const char *to, const char *process, const char *element)
{
    size_t n = strlen(process);

    if (strncmp(to, process, n) != 0)
        return false;

    return !to[n] || (to[n] == '/' && strcmp(to + n + 1, element) == 0);
}

bool
wr_message_is_aimed(const struct wr_definition *d, int node, const char *to)
{
    return !to || node < 0
           || is_aimed_at(to, d->row.key, d->model->nodes[node].id);
}

/* The key that the message has for `s` must be that of `s`, and the one it was
 * sent with, if any. */
static int
compare(const struct wr_definition *d, int node, const struct wr_seek *k,
        const struct wr_subscription_row *s, struct wr_arena *a,
        enum wr_fit *out, struct wr_err *err)
{
    const char *wanted = s->key ? s->key : k->key, *brought = NULL;

    if (!s->key && wr_message_talks(d->model, node, s->name))
        *out = WR_FITS_OPEN;
    if (!k->variables || (!s->key && *out != WR_FITS_OPEN))
        return 0;
    if (wr_message_brings(a, d->model, node, s->name, k->variables, wanted,
                          &brought, err)
        < 0)
        return err->code;
    if (!brought)
        return 0;
    if (k->key && strcmp(brought, k->key) != 0)
        return wr_fail(err, WR_EVALUE,
                       "message '%s' was sent with the key '%.80s', but its"
                       " variables give the key '%.80s'",
                       s->name, k->key, brought);
    if (s->key && strcmp(brought, s->key) != 0)
        *out = WR_FITS_NOT;

    return 0;
}

int
wr_message_is_meant(struct wr_runtime *rt, const struct wr_subscription_row *s,
                    const struct wr_seek *k, struct wr_arena *a,
                    enum wr_fit *out, struct wr_err *err)
{
    const struct wr_definition *d;
    int node, r = 0;

    *out = WR_FITS;
    if (s->type != WR_SUB_MESSAGE && !k->to)
        return 0;
    if (wr_definition_by_id(rt, &s->definition, s->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, s->element);
    if (!wr_message_is_aimed(d, node, k->to))
        *out = WR_FITS_NOT;
    else if (node >= 0 && s->type == WR_SUB_MESSAGE
             && !wr_uuid_is_zero(&s->instance))
        r = compare(d, node, k, s, a, out, err);
    wr_definition_unref(d);

    return r;
}

/* ---- one instance for each key ---- */

int
wr_message_singleton(struct wr_runtime *rt,
                     const struct wr_subscription_row *start,
                     const struct wr_seek *k, struct wr_arena *a,
                     const char **out, struct wr_err *err)
{
    const struct wr_definition *d;
    const char *key = k->key;
    int node, r = 0;

    *out = NULL;
    if (wr_definition_by_id(rt, &start->definition, start->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, start->element);
    if (node >= 0 && d->model->nodes[node].singleton) {
        if (!key && k->variables)
            r = wr_message_brings(a, d->model, node, start->name, k->variables,
                                  NULL, &key, err);
        if (r == 0 && key)
            *out = wr_arena_printf(a, "%s/%s", d->row.key, key);
    }
    wr_definition_unref(d);

    return r;
}

int
wr_singleton_runs(struct wr_runtime *rt, int32_t tenant, const char *singleton,
                  struct wr_arena *a, bool *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_INSTANCES,
                          .tenant = tenant,
                          .singleton = singleton,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_runtime_find(rt, &q, a, &rows, err) < 0)
        return err->code;
    *out = rows.n > 0;

    return 0;
}

/*
 * meant: is a message meant for who waits for one of its name (S15)?
 *
 * A message flow may have said for which process and element it is.  Who waits
 * may tell where a message has its key: one that came without a key is looked
 * into, so BPMN's correlation needs no key of the sender's.
 */
#include <string.h>

#include "engine/runtime/slot.h"

/* `to`: "process" or "process/element". */
static bool
is_aimed_at(const char *to, const char *process, const char *element)
{
    size_t n = strlen(process);

    if (strncmp(to, process, n) != 0)
        return false;

    return !to[n] || (to[n] == '/' && strcmp(to + n + 1, element) == 0);
}

int
wr_message_is_meant(struct wr_runtime *rt, const struct wr_subscription_row *s,
                    const char *to, const char *key,
                    const struct wr_value *variables, struct wr_arena *a,
                    bool *out, struct wr_err *err)
{
    const struct wr_definition *d;
    const char *brought = NULL;
    int node, r = 0;

    *out = true;
    if (!to && (!s->key || !variables || s->type != WR_SUB_MESSAGE))
        return 0;
    if (wr_definition_by_id(rt, &s->definition, s->tenant, &d, err) < 0)
        return err->code;
    node = wr_model_node_of(d->model, s->element);
    if (node >= 0 && to)
        *out = is_aimed_at(to, d->row.key, d->model->nodes[node].id);
    if (node >= 0 && *out && s->key && variables)
        r = wr_message_brings(a, d->model, node, s->name, variables, &brought,
                              err);
    if (r == 0 && brought && key && strcmp(brought, key) != 0)
        r = wr_fail(err, WR_EVALUE,
                    "message '%s' was sent with the key '%.80s', but its"
                    " variables give the key '%.80s'",
                    s->name, key, brought);
    else if (r == 0 && brought)
        *out = *out && strcmp(brought, s->key) == 0;
    wr_definition_unref(d);

    return r;
}

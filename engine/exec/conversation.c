/*
 * conversation.c: conversations whose first message sets their key (BPMN 2.0.2,
 * 8.3.3: correlation by key alone).
 *
 *     sent or received first    its value becomes the conversation's
 *     later receives            wait for messages with that value
 *     sent later, with another  begins another conversation in place of it
 *
 * A conversation belongs to the process; one that begins in an iteration of a
 * multi-instance activity belongs to that iteration.
 */

#include <string.h>

#include "engine/exec/spill.h"

void
wr_talk_set(struct wr_instance *i, struct wr_activity *a, const char *key,
            const char *value)
{
    struct wr_talk_key *grown;
    int k = 0;

    while (k < a->n_talks && strcmp(a->talks[k].key, key) != 0)
        k++;
    if (k == a->n_talks) {
        grown = wr_newn(i->arena, struct wr_talk_key, (size_t)k + 1);
        for (int o = 0; o < k; o++)
            grown[o] = a->talks[o];
        grown[k].key = key;
        a->talks = grown;
        a->n_talks++;
    }
    a->talks[k].value = value;
}

/* In the nearest scope outward that has it, which *owner becomes; NULL. */
static const struct wr_talk_key *
find(struct wr_activity *a, const char *key, struct wr_activity **owner)
{
    for (; a; a = a->parent) {
        for (int k = 0; k < a->n_talks; k++) {
            *owner = a;
            if (strcmp(a->talks[k].key, key) == 0)
                return &a->talks[k];
        }
    }

    return NULL;
}

const char *
wr_talk_find(struct wr_activity *from, const struct wr_event_def *def)
{
    for (int k = 0; k < def->n_talks; k++) {
        struct wr_activity *owner;
        const struct wr_talk_key *t = find(from, def->talks[k].key, &owner);

        if (t)
            return t->value;
    }

    return NULL;
}

/* ---- beginning ---- */

static bool
is_iteration(const struct wr_exec *x, const struct wr_activity *a)
{
    return a->role == WR_ROLE_ITERATION
           && x->m->nodes[a->node].loop->kind != WR_LOOP_STANDARD;
}

/* Whose conversation begins at `a`; NULL: it would end with the one message. */
static struct wr_activity *
holder(const struct wr_exec *x, struct wr_activity *a)
{
    if (wr_activity_scope(x->m, a) < 0) {
        if (is_iteration(x, a))
            return NULL;
        a = a->parent;
    }
    while (a->parent && !is_iteration(x, a))
        a = a->parent;

    return a;
}

static bool
is_around(const struct wr_activity *outer, const struct wr_activity *a)
{
    while (a && a != outer)
        a = a->parent;

    return a != NULL;
}

/* Who waits already waits for this conversation from now on. */
static void
narrow(struct wr_exec *x, struct wr_activity *top)
{
    wr_spill_below(x, top);
    for (struct wr_activity *a = top; a; a = wr_activity_next(top, a)) {
        for (struct wr_wait *w = a->waits; w; w = w->next) {
            const char *key;

            if (w->kind != WR_WAIT_SUBSCRIPTION || w->subscription.key
                || w->subscription.type != WR_SUB_MESSAGE)
                continue;
            key = wr_talk_find(wr_trigger_scope(x, a, w->node),
                               wr_trigger_part(x, w));
            if (!key)
                continue;
            w->subscription.key = key;
            wr_row_put(x, w, /* is_new= */ false);
        }
    }
}

static const struct wr_value *
told(struct wr_exec *x, const char *key, const char *value)
{
    const struct wr_entry e[] = {
        { "correlationKey", wr_value_string(x->arena, key) },
        { "value", wr_value_string(x->arena, value) },
    };

    return wr_value_context(x->arena, e, WR_COUNT(e));
}

static void
set(struct wr_exec *x, struct wr_activity *a, const char *key,
    const char *value, bool replace)
{
    struct wr_activity *owner = NULL, *top;
    const struct wr_talk_key *t = find(a, key, &owner);

    if (t && (!replace || strcmp(t->value, value) == 0))
        return;
    top = holder(x, a);
    if (!top)
        return;
    if (t && !is_around(owner, top))
        top = owner;
    wr_run_started(x, top);
    wr_talk_set(x->i, top, wr_arena_strdup(x->i->arena, key),
                wr_arena_strdup(x->i->arena, value));
    wr_emit(x, WR_H_CONVERSATION_KEYED,
            top->node < 0 ? 0 : x->m->nodes[top->node].symbol, top->key, NULL,
            told(x, key, value));
    narrow(x, top);
}

/* What cannot be told, or is null, sets no key. */
static const char *
value_of(struct wr_exec *x, struct wr_activity *a, const struct wr_attr *value)
{
    const char *text = NULL;
    struct wr_err why;

    return wr_exec_text(x, a, value, &text, &why) < 0 ? NULL : text;
}

void
wr_talk_sent(struct wr_exec *x, struct wr_activity *a, struct wr_activity *from,
             const struct wr_event_def *def)
{
    for (int k = 0; k < def->n_talks; k++) {
        const char *value = value_of(x, a, &def->talks[k].value);

        if (value)
            set(x, from, def->talks[k].key, value, /* replace= */ true);
    }
}

void
wr_talk_received(struct wr_exec *x, struct wr_activity *a,
                 const struct wr_event_def *def, const struct wr_value *payload)
{
    struct wr_exec *inside;

    if (!def->n_talks)
        return;
    inside = wr_exec_before(x->arena, x->m, x->ev->now);
    wr_exec_given(inside, payload);
    for (int k = 0; k < def->n_talks; k++) {
        const char *value = value_of(inside, inside->i->root,
                                     &def->talks[k].value);

        if (!value && k == 0)
            value = x->ev->key;
        if (value)
            set(x, a, def->talks[k].key, value, /* replace= */ false);
    }
}

/* ---- asked from outside ---- */

bool
wr_event_is_message(const struct wr_event_def *e, const char *name)
{
    return e->trigger == WR_TRIGGER_MESSAGE
           && (!name || e->name.expr || strcmp(e->name.text, name) == 0);
}

static void
note_key(const char *value, const char **keys, int *n)
{
    if (value)
        keys[(*n)++] = value;
}

int
wr_message_keys(struct wr_arena *a, const struct wr_model *m, int node,
                const char *name, const struct wr_value *variables,
                const char *const **out, int *n_out, struct wr_err *err)
{
    struct wr_exec *x = wr_exec_before(a, m, 0);
    int n, most = 0;
    const struct wr_event_def *e = wr_node_events(&m->nodes[node], &n);
    const char **keys;

    *n_out = 0;
    if (wr_variables_check(variables, err) < 0)
        return err->code;
    wr_exec_given(x, variables);
    for (int k = 0; k < n; k++)
        most += 1 + e[k].n_talks;
    keys = wr_newn(a, const char *, (size_t)most + 1);
    *out = keys;
    /* What cannot be told is no key: it may be given by hand. */
    for (int k = 0; k < n; k++) {
        if (!wr_event_is_message(&e[k], name))
            continue;
        if (e[k].brought.text)
            note_key(value_of(x, x->i->root, &e[k].brought), keys, n_out);
        for (int t = 0; t < e[k].n_talks; t++)
            note_key(value_of(x, x->i->root, &e[k].talks[t].value), keys,
                     n_out);
    }

    return 0;
}

int
wr_message_brings(struct wr_arena *a, const struct wr_model *m, int node,
                  const char *name, const struct wr_value *variables,
                  const char *wanted, const char **key, struct wr_err *err)
{
    const char *const *keys;
    int n;

    *key = NULL;
    if (wr_message_keys(a, m, node, name, variables, &keys, &n, err) < 0)
        return err->code;
    for (int k = 0; k < n; k++) {
        if (!*key || (wanted && strcmp(keys[k], wanted) == 0))
            *key = keys[k];
    }

    return 0;
}

bool
wr_message_talks(const struct wr_model *m, int node, const char *name)
{
    int n;
    const struct wr_event_def *e = wr_node_events(&m->nodes[node], &n);

    for (int k = 0; k < n; k++) {
        if (wr_event_is_message(&e[k], name) && e[k].n_talks > 0)
            return true;
    }

    return false;
}

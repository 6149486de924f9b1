/*
 * transient.c: results that are gone when the step has ended
 * (flowable:storeResultVariableAsTransient).
 *
 * Such a result is written like any variable, and noted; when nothing moves any
 * more, or the instance ends, it goes and what it hid comes back.  Both are in
 * the history.  Only a step that was cut stores what is noted.
 */

#include <string.h>

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/codec_tags.h"
#include "engine/exec/exec.h"

static void
note(struct wr_instance *i, int64_t holder, const char *name,
     const struct wr_value *hidden)
{
    struct wr_transient *t = wr_new(i->arena, struct wr_transient);

    t->holder = holder;
    t->name = name;
    t->hidden = hidden;
    t->next = i->transients;
    i->transients = t;
}

static bool
is_noted(const struct wr_instance *i, int64_t holder, const char *name)
{
    for (const struct wr_transient *t = i->transients; t; t = t->next)
        if (t->holder == holder && strcmp(t->name, name) == 0)
            return true;

    return false;
}

void
wr_transient_put(struct wr_exec *x, struct wr_activity *a, const char *name,
                 const struct wr_value *v)
{
    struct wr_activity *from = a->parent ? a->parent : a;
    struct wr_activity *holder = x->i->root;
    struct wr_var *old = wr_var_find(from, name, strlen(name), &holder);
    const struct wr_value *hidden = old ? wr_value_copy(x->i->arena, old->value)
                                        : NULL;
    struct wr_entry e = { name, v };

    wr_variables_write(x, from, wr_value_context(x->arena, &e, 1));
    if (!is_noted(x->i, holder->key, name))
        note(x->i, holder->key, wr_arena_strdup(x->i->arena, name), hidden);
}

static void
end(struct wr_exec *x, const struct wr_transient *t)
{
    struct wr_activity *holder = t->holder ? wr_activity_by_key(x->i, t->holder)
                                           : x->i->root;
    const struct wr_value *name = wr_value_string(x->arena, t->name);
    struct wr_entry e = { t->name, t->hidden };

    if (!holder) /* it went with its scope */
        return;
    if (t->hidden)
        wr_variables_local(x, holder, wr_value_context(x->arena, &e, 1));
    else
        wr_variables_remove(x, holder, wr_value_list(x->arena, &name, 1));
}

bool
wr_transient_end(struct wr_exec *x)
{
    struct wr_transient *t = x->i->transients;

    x->i->transients = NULL;
    if (!t)
        return false;
    for (; t; t = t->next)
        end(x, t);

    return true;
}

/* ---- of a cut step ---- */

void
wr_transient_encode(const struct wr_instance *i, struct wr_str *out)
{
    for (const struct wr_transient *t = i->transients; t; t = t->next) {
        size_t begin = wr_tlv_begin(out, I_TRANSIENT), value;

        wr_tlv_put_int(out, N_HOLDER, t->holder);
        wr_tlv_put_text(out, N_NAME, t->name);
        if (t->hidden) {
            value = wr_tlv_begin(out, N_HIDDEN);
            wr_value_encode(out, t->hidden);
            wr_tlv_end(out, value);
        }
        wr_tlv_end(out, begin);
    }
}

int
wr_transient_decode(struct wr_instance *i, struct wr_tlv_reader *f,
                    struct wr_err *err)
{
    const struct wr_value *hidden = NULL;
    struct wr_tlv_reader g;
    const char *name = "";
    int64_t holder = 0;
    uint32_t tag;

    while (wr_tlv_next(f, &tag, &g)) {
        if (tag == N_HOLDER)
            holder = wr_tlv_int(&g);
        else if (tag == N_NAME)
            name = wr_tlv_text(&g, i->arena);
        else if (tag == N_HIDDEN
                 && wr_value_decode(i->arena, wr_tlv_bytes(&g), wr_tlv_len(&g),
                                    &hidden, err)
                        < 0)
            return err->code;
    }
    note(i, holder, name, hidden);

    return 0;
}

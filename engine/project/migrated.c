/* What is open when an instance is migrated goes along. */

#include <string.h>

#include "engine/project/fold.h"

/* Its symbol there: by the mapping, else by its id; 0: it has none. */
static int32_t
moved_element(const struct wr_fold_at *x, const struct wr_model *from,
              const struct wr_model *to, int32_t element)
{
    const struct wr_value *list = wr_value_get(x->e->data, "mappings");
    int node = wr_model_node_of(from, element);
    const char *id = node < 0 ? "" : from->nodes[node].id, *name = id;

    for (size_t k = 0; list && k < list->list.n; k++) {
        const char *f = wr_fold_text(list->list.items[k], "from");
        const char *t = wr_fold_text(list->list.items[k], "to");

        if (f && t && strcmp(f, id) == 0)
            name = t;
    }
    node = wr_model_node(to, name);

    return node < 0 ? 0 : to->nodes[node].symbol;
}

static void
move_all(const struct wr_fold_at *x, const struct wr_model *from,
         const struct wr_model *to, const struct wr_uuid *definition)
{
    struct wr_fold_set *s = &x->f->sets[WR_FOLD_ACTIVITIES];

    for (size_t k = 0; k < s->cap; k++) {
        struct wr_activity_row *a = s->slots[k].row;
        bool counts = a && a->kind != WR_ACT_LOOP;
        int32_t element;

        if (!a || a->state != WR_ACT_ACTIVE
            || !wr_uuid_equal(&a->instance, &x->i->id))
            continue;
        element = moved_element(x, from, to, a->element);
        if (!element)
            continue; /* it is left there, and ends now */
        if (counts)
            wr_fold_count_of(x, a)->running--;
        a->definition = *definition;
        a->element = element;
        if (counts)
            wr_fold_count_of(x, a)->running++;
        s->slots[k].changed = true;
    }
    s = &x->f->sets[WR_FOLD_TASKS];
    for (size_t k = 0; k < s->cap; k++) {
        struct wr_past_task_row *t = s->slots[k].row;
        int32_t element;

        if (!t || t->state >= WR_PAST_TASK_COMPLETED
            || !wr_uuid_equal(&t->instance, &x->i->id))
            continue;
        element = moved_element(x, from, to, t->element);
        if (!element)
            continue;
        t->definition = *definition;
        t->element = element;
        s->slots[k].changed = true;
    }
}

static int
open_version(const struct wr_fold_at *x, const struct wr_uuid *id,
             const struct wr_definition **out, struct wr_err *err)
{
    char ref[WR_UUID_TEXT];

    wr_uuid_text(id, ref);

    return wr_runtime_definition(x->f->runtime, ref, x->i->tenant, out, err);
}

int
wr_fold_migrated(const struct wr_fold_at *x, struct wr_err *err)
{
    const struct wr_value *there = x->e->data ? wr_value_get(x->e->data, "to")
                                              : NULL;
    const char *id = wr_fold_text(there, "definition");
    const struct wr_definition *from, *to;
    struct wr_uuid definition;

    if (!id || wr_uuid_parse(id, strlen(id), &definition, err) < 0)
        return wr_fail(err, WR_ECORRUPT, "history: a migration goes nowhere");
    if (open_version(x, &x->i->definition, &from, err) < 0)
        return err->code;
    if (open_version(x, &definition, &to, err) < 0) {
        wr_definition_unref(from);
        return err->code;
    }
    wr_fold_instance(x, -1);
    move_all(x, from->model, to->model, &definition);
    x->i->definition = definition;
    wr_fold_instance(x, 1);
    wr_definition_unref(from);
    wr_definition_unref(to);

    return 0;
}

/* What is open of it may have to move, whatever the batch is about. */
int
wr_fold_read_open(struct wr_fold *f, enum wr_noun noun, enum wr_fold_table t,
                  const struct wr_followed_row *row, size_t size,
                  struct wr_err *err)
{
    const struct wr_search_field *instance = wr_search_field(noun, "instance",
                                                             8);
    const struct wr_search_field *end = wr_search_field(noun, "endedAt", 7);
    struct wr_datum id = { .kind = WR_D_UUID,
                           .p = row->history.instance.b,
                           .len = sizeof(row->history.instance.b) };
    const struct wr_condition *parts[] = {
        wr_where(f->arena, WR_S_EQ, instance, &id, 1),
        wr_where_not(f->arena, wr_where(f->arena, WR_S_EXISTS, end, NULL, 0)),
    };
    struct wr_search s = { .noun = noun,
                           .tenant = row->tenant,
                           .where = wr_where_all(f->arena, parts,
                                                 WR_COUNT(parts)),
                           .limit = 10000 };
    struct wr_rows rows;

    do {
        if (wr_store_search(f->store, &s, f->arena, &rows, NULL, err) < 0)
            return err->code;
        for (size_t i = 0; i < rows.n; i++) {
            void *r = (char *)(uintptr_t)rows.any + i * size;

            wr_fold_slot(f, t, r)->row = r;
        }
        s.cursor = rows.next;
    } while (rows.next);

    return 0;
}

/* Variables as leaves: {"a":[{"b":1},{"b":2}]} has "", "a", "a.b" twice. */

#include <string.h>

#include "engine/base/str.h"
#include "engine/project/fold.h"
#include "engine/store/value_key.h"

enum {
    MOST_LEAVES = 1000 /* of one variable */
};

struct growing {
    struct wr_fold *fold;
    const struct wr_followed_row *from;
    const char *name;
    struct wr_variable_row *rows;
    size_t n;
};

static void
add(struct growing *g, const char *path, const struct wr_value *v)
{
    struct wr_variable_row *row = &g->rows[g->n];
    struct wr_str what = { .arena = g->fold->arena };

    wr_str_printf(&what, "%s/%zu", g->name, g->n);
    *row = (struct wr_variable_row){
        .id = wr_fold_hashed_id(&g->from->history.instance, what.s, what.len),
        .instance = g->from->history.instance,
        .tenant = g->from->tenant,
        .name = g->name,
        .path = wr_name_key(g->fold->arena, path),
        .value = wr_value_key(g->fold->arena, v),
    };
    g->n++;
}

static void
leaves(struct growing *g, const char *path, const struct wr_value *v)
{
    if (g->n == MOST_LEAVES)
        return;
    add(g, path, v);
    for (size_t i = 0; v->type == WR_V_LIST && i < v->list.n; i++)
        leaves(g, path, v->list.items[i]);
    for (size_t i = 0; v->type == WR_V_CONTEXT && i < v->context.n; i++) {
        const struct wr_entry *e = &v->context.entries[i];

        leaves(g,
               *path ? wr_arena_printf(g->fold->arena, "%s.%s", path, e->key)
                     : e->key,
               e->value);
    }
}

static size_t
most_leaves(const struct wr_value *v, size_t most)
{
    size_t n = 1;

    for (size_t i = 0; v->type == WR_V_LIST && i < v->list.n && n < most; i++)
        n += most_leaves(v->list.items[i], most - n);
    for (size_t i = 0; v->type == WR_V_CONTEXT && i < v->context.n && n < most;
         i++)
        n += most_leaves(v->context.entries[i].value, most - n);

    return n;
}

static struct wr_fold_leaf *
variable(struct wr_fold *f, const struct wr_uuid *instance, const char *name)
{
    struct wr_fold_leaf *grown;

    for (size_t i = 0; i < f->n_variables; i++) {
        const struct wr_variable_row *c = f->variables[i].clear;

        if (wr_uuid_equal(&c->instance, instance) && strcmp(c->name, name) == 0)
            return &f->variables[i];
    }
    if (f->n_variables == f->cap_variables) {
        f->cap_variables = f->cap_variables ? 2 * f->cap_variables : 64;
        grown = wr_newn(f->arena, struct wr_fold_leaf, f->cap_variables);
        if (f->n_variables)
            memcpy(grown, f->variables, f->n_variables * sizeof(*grown));
        f->variables = grown;
    }

    return &f->variables[f->n_variables++];
}

void
wr_fold_variable(struct wr_fold *f, const struct wr_followed_row *from,
                 const char *name, const struct wr_value *value)
{
    struct growing g = { f, from, wr_name_key(f->arena, name), NULL, 0 };
    struct wr_variable_row *clear = wr_new(f->arena, struct wr_variable_row);
    struct wr_fold_leaf *l = variable(f, &from->history.instance, g.name);

    *clear = (struct wr_variable_row){ .instance = from->history.instance,
                                       .name = g.name };
    if (value) {
        g.rows = wr_newn(f->arena, struct wr_variable_row,
                         most_leaves(value, MOST_LEAVES));
        leaves(&g, "", value);
    }
    *l = (struct wr_fold_leaf){ clear, g.rows, g.n };
}

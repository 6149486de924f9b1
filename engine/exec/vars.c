/*
 * vars.c: the variables of one scope (state.h).
 *
 * They stand in the order in which they came.  Where there are many, a hash of
 * their names finds them; it is as old as the number it counts says and made
 * anew when it is asked for and something went.
 */

#include <string.h>

#include "engine/exec/state.h"

enum {
    FEW = 32 /* that are looked through */
};

struct wr_var_names {
    uint32_t *slots; /* place among the variables plus one, 0: free */
    size_t n_slots;  /* a power of two */
    int n;           /* the variables it knows */
};

static size_t
hash(const char *name, size_t len)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a */

    for (size_t k = 0; k < len; k++)
        h = (h ^ (unsigned char)name[k]) * 0x100000001b3u;

    return (size_t)(h ^ h >> 32);
}

static bool
is_named(const struct wr_var *v, const char *name, size_t len)
{
    return strncmp(v->name, name, len) == 0 && v->name[len] == '\0';
}

static struct wr_var *
own_var(const struct wr_activity *a, const char *name, size_t len)
{
    const struct wr_var_names *t = a->names;

    if (!t || t->n != a->n_vars) {
        for (int k = 0; k < a->n_vars; k++) {
            if (is_named(&a->vars[k], name, len))
                return &a->vars[k];
        }
        return NULL;
    }
    for (size_t at = hash(name, len);; at++) {
        uint32_t place = t->slots[at & (t->n_slots - 1)];

        if (!place)
            return NULL;
        if (is_named(&a->vars[place - 1], name, len))
            return &a->vars[place - 1];
    }
}

static void
enter(struct wr_var_names *t, const struct wr_activity *a, int place)
{
    const char *name = a->vars[place].name;
    size_t at = hash(name, strlen(name));

    while (t->slots[at & (t->n_slots - 1)])
        at++;
    t->slots[at & (t->n_slots - 1)] = (uint32_t)place + 1;
    t->n = place + 1;
}

/* The last of them is new. */
static void
enter_last(struct wr_instance *i, struct wr_activity *a)
{
    struct wr_var_names *t = a->names;

    if (a->n_vars <= FEW)
        return;
    if (t && t->n == a->n_vars - 1 && t->n_slots >= 2 * (size_t)a->n_vars) {
        enter(t, a, t->n);
        return;
    }
    t = a->names = wr_new(i->arena, struct wr_var_names);
    t->n_slots = FEW;
    while (t->n_slots < 4 * (size_t)a->n_vars)
        t->n_slots *= 2;
    t->slots = wr_newn(i->arena, uint32_t, t->n_slots);
    while (t->n < a->n_vars)
        enter(t, a, t->n);
}

const struct wr_value *
wr_far_value(struct wr_spilled *row)
{
    if (!row->value && row->instance->fetch)
        row->instance->fetch(row->instance->fetch_data, row);

    return row->value;
}

struct wr_var *
wr_var_here(struct wr_var *v)
{
    if (!v->value && v->row)
        v->value = wr_far_value(v->row);

    return v;
}

void
wr_vars_here(const struct wr_activity *a)
{
    for (int k = 0; k < a->n_vars; k++)
        (void)wr_var_here(&a->vars[k]);
}

struct wr_var *
wr_var_find(struct wr_activity *a, const char *name, size_t len,
            struct wr_activity **holder)
{
    for (; a; a = a->parent) {
        struct wr_var *var = own_var(a, name, len);

        if (!var)
            continue;
        if (holder)
            *holder = a;
        return wr_var_here(var);
    }

    return NULL;
}

struct wr_activity *
wr_var_holder(struct wr_activity *a, const char *name, size_t len)
{
    while (a && !own_var(a, name, len))
        a = a->parent;

    return a;
}

void
wr_var_put(struct wr_instance *i, struct wr_activity *a, const char *name,
           const struct wr_value *v)
{
    wr_var_set(i, a, name, wr_value_copy(i->arena, v));
}

static struct wr_var *
add(struct wr_instance *i, struct wr_activity *a, const char *name)
{
    struct wr_var *grown;

    if (a->n_vars == a->cap_vars) {
        a->cap_vars = a->cap_vars ? 2 * a->cap_vars : 4;
        grown = wr_newn(i->arena, struct wr_var, (size_t)a->cap_vars);
        for (int k = 0; k < a->n_vars; k++)
            grown[k] = a->vars[k];
        a->vars = grown;
    }
    a->vars[a->n_vars++].name = wr_arena_strdup(i->arena, name);
    enter_last(i, a);

    return &a->vars[a->n_vars - 1];
}

static struct wr_var *
var_of(struct wr_instance *i, struct wr_activity *a, const char *name)
{
    struct wr_var *var = own_var(a, name, strlen(name));

    i->wrote = true;

    return var ? var : add(i, a, name);
}

void
wr_var_set(struct wr_instance *i, struct wr_activity *a, const char *name,
           const struct wr_value *v)
{
    struct wr_var *var = var_of(i, a, name);

    var->value = v;
    var->row = NULL;
}

void
wr_var_far(struct wr_instance *i, struct wr_activity *a, const char *name,
           struct wr_spilled *row)
{
    struct wr_var *var = var_of(i, a, name);

    var->value = row->value;
    var->row = row;
}

bool
wr_var_remove(struct wr_activity *a, const char *name)
{
    struct wr_var *var = own_var(a, name, strlen(name));

    if (!var)
        return false;
    a->n_vars--;
    for (int k = (int)(var - a->vars); k < a->n_vars; k++)
        a->vars[k] = a->vars[k + 1];

    return true;
}

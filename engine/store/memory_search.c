/* The memory backend's searches: every row is asked, what holds is sorted. */

#include <stdlib.h>
#include <string.h>

#include "engine/store/memory.h"
#include "engine/store/search.h"

static const void *
member(enum wr_noun noun, const void *row, const char *column)
{
    const struct wr_column *c = wr_column_find(wr_record_of(noun), column,
                                               strlen(column));

    return (const char *)row + c->offset;
}

/* By one field: those without a value last, whichever the direction. */
static int
order_cmp(const struct wr_order *o, const struct wr_datum *x,
          const struct wr_datum *y)
{
    int c;

    if (x->null || y->null)
        return (int)x->null - (int)y->null;
    c = wr_datum_cmp(x, y);

    return o->descending ? -c : c;
}

struct candidate {
    const struct wr_search_plan *plan;
    const void *row;
    struct wr_datum at[WR_SEARCH_ORDER + 1];
};

static int
place_cmp(const struct wr_search_plan *p, const struct wr_datum *x,
          const struct wr_datum *y)
{
    int c = 0;

    for (int i = 0; i < p->n_order && c == 0; i++)
        c = order_cmp(&p->order[i], &x[i], &y[i]);

    return c;
}

static int
candidate_cmp(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;

    return place_cmp(a->plan, a->at, b->at);
}

static const char *
key_of(struct memory_shared *m, enum wr_noun noun, const void *row)
{
    const struct wr_definition_row *d;
    struct wr_definition_row of;

    if (noun == WR_VARIABLE_ROWS)
        return NULL;
    of.id = *(const struct wr_uuid *)member(noun, row, "definition");
    d = wr_memory_get(m, WR_DEFINITIONS, &of);

    return d ? d->key : NULL;
}

static bool
holds(struct memory_shared *m, const struct wr_search *s, const void *row,
      struct wr_arena *a)
{
    return *(const int32_t *)member(s->noun, row, "tenant") == s->tenant
           && (!s->where
               || wr_search_match(s->where, s->noun, row,
                                  key_of(m, s->noun, row), a));
}

/* The instances whose variables hold the condition, as one of their own. */
static const struct wr_condition *
instances_of(struct memory_shared *m, const struct wr_search *s,
             const struct wr_condition *c, struct wr_arena *a)
{
    const char *name = s->noun == WR_INSTANCES ? "id" : "instance";
    const struct wr_search_field *f = wr_search_field(s->noun, name,
                                                      strlen(name));
    struct memory_table *t = &m->tables[WR_VARIABLE_ROWS];
    struct wr_datum *ids = wr_newn(a, struct wr_datum, t->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < t->n; i++) {
        const struct wr_variable_row *v = wr_memory_at(t, i)->row;

        if (v->tenant == s->tenant
            && wr_search_match(c->parts[0], WR_VARIABLE_ROWS, v, NULL, a))
            ids[n++] = (struct wr_datum){ .kind = WR_D_UUID,
                                          .p = v->instance.b,
                                          .len = sizeof(v->instance.b) };
    }

    return wr_where(a, WR_S_IN, f, ids, n);
}

/* Conditions on variables are looked up before rows are asked. */
static const struct wr_condition *
looked_up(struct memory_shared *m, const struct wr_search *s,
          const struct wr_condition *c, struct wr_arena *a)
{
    const struct wr_condition **parts;
    struct wr_condition *out;

    if (!c || c->op < WR_S_AND)
        return c;
    if (c->op == WR_S_VARIABLE)
        return instances_of(m, s, c, a);
    out = wr_new(a, struct wr_condition);
    parts = wr_newn(a, const struct wr_condition *, c->n_parts + 1);
    *out = *c;
    out->parts = parts;
    for (size_t i = 0; i < c->n_parts; i++)
        parts[i] = looked_up(m, s, c->parts[i], a);

    return out;
}

static void *
copy_candidates(const struct wr_search *s, struct wr_arena *a,
                const struct candidate *from, size_t n)
{
    const struct wr_record *r = wr_record_of(s->noun);
    char *rows = wr_arena_allocn(a, n + 1, r->size);

    for (size_t i = 0; i < n; i++) {
        void *row = wr_record_copy(r, a, from[i].row);

        if (s->noun == WR_INSTANCES)
            ((struct wr_instance_row *)row)->blob = (struct wr_blob){ NULL, 0 };
        memcpy(rows + i * r->size, row, r->size);
    }

    return rows;
}

int
wr_memory_search(struct wr_store *st, const struct wr_search *s,
                 struct wr_arena *a, struct wr_rows *out, int64_t *total,
                 struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    struct memory_table *t = &m->tables[s->noun];
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(1024);
    struct wr_search asked = *s;
    struct wr_search_plan p;
    struct candidate *found;
    int64_t all = 0;
    size_t n = 0;

    if (wr_search_plan(s, a, &p, err) < 0)
        return (int)err->code;
    pthread_mutex_lock(&m->lock);
    asked.where = looked_up(m, s, s->where, scratch);
    found = wr_newn(scratch, struct candidate, t->n + 1);
    for (size_t i = 0; i < t->n; i++) {
        struct candidate *c = &found[n];

        *c = (struct candidate){ &p, wr_memory_at(t, i)->row, { { 0 } } };
        if (!holds(m, &asked, c->row, scratch))
            continue;
        all++;
        for (int k = 0; k < p.n_order; k++)
            wr_search_value(s->noun, p.order[k].field, c->row, scratch,
                            &c->at[k]);
        n += !p.after || place_cmp(&p, c->at, p.last) > 0;
    }
    qsort(found, n, sizeof(*found), candidate_cmp);
    if (n > (size_t)s->limit + 1)
        n = (size_t)s->limit + 1;
    if (out)
        wr_search_answer(&p, a, copy_candidates(s, a, found, n), n, out);
    pthread_mutex_unlock(&m->lock);
    st->stats.round_trips++;
    if (total)
        *total = all;

    return 0;
}

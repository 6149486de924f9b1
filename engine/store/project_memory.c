/* What is folded from the history, in the memory backend. */

#include <string.h>

#include "engine/store/memory.h"

static int
position(struct wr_store *st, struct wr_position *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    const struct wr_history_row *h = NULL;
    struct wr_history_row key;

    (void)err;
    pthread_mutex_lock(&m->lock);
    *out = m->position;
    out->newest = (int64_t)m->n_log;
    out->newest_at = out->at;
    if (m->n_log) {
        key =
            (struct wr_history_row){ .instance = m->log[m->n_log - 1].instance,
                                     .seq = m->log[m->n_log - 1].seq };
        h = wr_memory_get(m, WR_HISTORIES, &key);
    }
    if (h)
        out->newest_at = h->at;
    pthread_mutex_unlock(&m->lock);

    return 0;
}

static bool
followed(struct memory_shared *m, size_t at, struct wr_arena *a,
         struct wr_followed_row *out)
{
    const struct wr_history_row key = { .instance = m->log[at].instance,
                                        .seq = m->log[at].seq };
    const struct wr_instance_row of = { .id = key.instance };
    const struct wr_history_row *h = wr_memory_get(m, WR_HISTORIES, &key);
    const struct wr_instance_row *i = wr_memory_get(m, WR_INSTANCES, &of);

    if (!h)
        return false;
    *out = (struct wr_followed_row){ .pos = (int64_t)at + 1 };
    out->history = *(struct wr_history_row *)wr_record_copy(
        wr_record_of(WR_HISTORIES), a, h);
    if (i) {
        out->tenant = i->tenant;
        out->definition = i->definition;
        out->rev = i->rev;
    }

    return true;
}

static int
follow(struct wr_store *st, int64_t *pos, int limit, struct wr_arena *a,
       const struct wr_followed_row **out, size_t *n, bool *more,
       struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    struct wr_followed_row *rows = wr_newn(a, struct wr_followed_row,
                                           (size_t)limit);

    (void)err;
    *n = 0;
    pthread_mutex_lock(&m->lock);
    while (*n < (size_t)limit && (size_t)*pos < m->n_log)
        *n += followed(m, (size_t)(*pos)++, a, &rows[*n]);
    *more = *n > 0;
    pthread_mutex_unlock(&m->lock);
    *out = rows;

    return 0;
}

static int
load(struct wr_store *st, enum wr_noun noun, const struct wr_uuid *ids,
     size_t n, struct wr_arena *a, struct wr_rows *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    const struct wr_record *r = wr_record_of(noun);
    char *rows = wr_arena_allocn(a, n + 1, r->size);

    (void)err;
    *out = (struct wr_rows){ .noun = noun, .any = rows };
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; i < n; i++) {
        const void *row = wr_memory_get(m, noun, &ids[i]);

        if (row)
            memcpy(rows + r->size * out->n++, wr_record_copy(r, a, row),
                   r->size);
    }
    pthread_mutex_unlock(&m->lock);

    return 0;
}

static void
clear(struct memory_shared *m, const struct wr_variable_row *what)
{
    struct memory_table *t = &m->tables[WR_VARIABLE_ROWS];

    for (size_t i = t->n; i-- > 0;) {
        const struct wr_variable_row *v = wr_memory_at(t, i)->row;

        if (wr_uuid_equal(&v->instance, &what->instance)
            && strcmp(v->name, what->name) == 0)
            wr_memory_del(m, WR_VARIABLE_ROWS, v);
    }
}

/* Rows of a table that are of an instance, or all of them. */
static void
drop(struct memory_shared *m, enum wr_noun noun, const struct wr_uuid *instance)
{
    const struct wr_column *c = wr_column_find(
        wr_record_of(noun), noun == WR_PAST_INSTANCES ? "id" : "instance",
        noun == WR_PAST_INSTANCES ? 2 : 8);
    struct memory_table *t = &m->tables[noun];

    for (size_t i = t->n; i-- > 0;) {
        const char *row = wr_memory_at(t, i)->row;

        if (!instance
            || (c
                && wr_uuid_equal(
                    (const struct wr_uuid *)(const void *)(row + c->offset),
                    instance)))
            wr_memory_del(m, noun, row);
    }
}

static void
less(struct memory_shared *m, const struct wr_uuid *definition, int32_t element)
{
    struct memory_table *t = &m->tables[WR_ELEMENT_COUNTS];

    for (size_t i = 0; i < t->n; i++) {
        struct wr_element_count_row *c = wr_memory_at(t, i)->row;

        if (c->element == element && wr_uuid_equal(&c->definition, definition))
            c->running--;
    }
}

void
wr_memory_forget(struct memory_shared *m, const struct wr_uuid *id)
{
    const struct wr_instance_row key = { .id = *id };
    const struct wr_past_instance_row *past;
    struct memory_table *t = &m->tables[WR_ACTIVITIES];

    if (wr_memory_get(m, WR_INSTANCES, &key))
        return;
    past = wr_memory_get(m, WR_PAST_INSTANCES, id);
    if (past && past->state < WR_COMPLETED)
        less(m, &past->definition, 0);
    for (size_t i = 0; i < t->n; i++) {
        const struct wr_activity_row *a = wr_memory_at(t, i)->row;

        if (wr_uuid_equal(&a->instance, id) && a->state == WR_ACT_ACTIVE
            && a->kind == WR_ACT_ELEMENT)
            less(m, &a->definition, a->element);
    }
    for (int k = 0; k < WR_PROJECTED; k++)
        if (wr_projected_nouns[k] != WR_ELEMENT_COUNTS)
            drop(m, wr_projected_nouns[k], id);
}

static bool
as_read(struct memory_shared *m, const struct wr_projecting *p)
{
    for (size_t i = 0; i < p->n_puts; i++)
        for (size_t k = 0;
             p->puts[i].noun == WR_ELEMENT_COUNTS && k < p->puts[i].n; k++) {
            const struct wr_element_count_row *c = p->puts[i].rows[k];
            const struct wr_element_count_row *now = wr_memory_get(
                m, WR_ELEMENT_COUNTS, c);

            if ((now ? now->running : 0) != c->seen)
                return false;
        }

    return true;
}

static void
cut_down(struct memory_shared *m, const struct wr_projecting *p)
{
    for (size_t i = 0; i < p->n_histories; i++) {
        const struct wr_history_row *old = wr_memory_get(m, WR_HISTORIES,
                                                         p->histories[i]);
        struct wr_history_row row;

        if (!old)
            continue;
        row = *old;
        row.events = p->histories[i]->events;
        row.actor = p->histories[i]->actor;
        wr_memory_put(m, WR_HISTORIES, &row);
    }
    for (size_t i = 0; i < p->n_no_values; i++)
        drop(m, WR_VARIABLE_ROWS, p->no_values[i]);
    for (size_t i = 0; i < p->n_no_details; i++) {
        drop(m, WR_ACTIVITIES, p->no_details[i]);
        drop(m, WR_PAST_TASKS, p->no_details[i]);
    }
}

static int
project(struct wr_store *st, const struct wr_projecting *p, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    bool moved;

    pthread_mutex_lock(&m->lock);
    moved = m->position.pos != p->from || !as_read(m, p);
    for (size_t i = 0; !moved && i < p->n_clears; i++)
        clear(m, p->clears[i]);
    for (size_t i = 0; !moved && i < p->n_puts; i++)
        for (size_t k = 0; k < p->puts[i].n; k++)
            wr_memory_put(m, p->puts[i].noun, p->puts[i].rows[k]);
    if (!moved)
        cut_down(m, p);
    for (size_t i = 0; !moved && i < p->n_puts; i++)
        for (size_t k = 0;
             p->puts[i].noun == WR_PAST_INSTANCES && k < p->puts[i].n; k++)
            wr_memory_forget(m, p->puts[i].rows[k]);
    if (!moved) {
        int64_t events = m->position.events + p->to.events;

        m->position = p->to;
        m->position.events = events;
    }
    pthread_mutex_unlock(&m->lock);

    return moved ? wr_fail(err, WR_ECONFLICT, "somebody else folds the history")
                 : 0;
}

static int
lead(struct wr_store *st, bool *out, struct wr_err *err)
{
    (void)st, (void)err;
    *out = true;

    return 0;
}

static int
reset(struct wr_store *st, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;

    (void)err;
    pthread_mutex_lock(&m->lock);
    for (int t = 0; t < WR_PROJECTED; t++)
        drop(m, wr_projected_nouns[t], NULL);
    m->position = (struct wr_position){ 0 };
    pthread_mutex_unlock(&m->lock);

    return 0;
}

const struct wr_project_ops wr_project_memory = {
    .position = position,
    .follow = follow,
    .load = load,
    .project = project,
    .lead = lead,
    .reset = reset,
};

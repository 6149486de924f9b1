/*
 * folded: is what the history is folded to what the instances say themselves?
 *
 * The one comes from events (engine/project), the other is read here from states
 * and rows, one at a time.
 */
#include <string.h>

#include "cli/stage.h"
#include "engine/project/projector.h"
#include "engine/store/project.h"
#include "engine/store/search.h"
#include "engine/store/value_key.h"

enum {
    BATCH = 3, /* rows of history at once: many borders */
    TRIES = 20,
    MOST = 10000 /* rows of an instance */
};

struct folded {
    struct wr_stage *stage;
    struct wr_store *store;
    struct wr_arena *arena;
    const struct wr_instance_row *row; /* the instance at hand */
};

static int
differs(const struct folded *f, const char *what, struct wr_err *err)
{
    char id[WR_UUID_TEXT];

    wr_uuid_text(&f->row->id, id);

    return wr_fail(err, WR_ECORRUPT, "projection of %s: %s", id, what);
}

/* Rows of a table, of the instance at hand. */
static int
rows_of(struct folded *f, enum wr_noun noun, struct wr_rows *out,
        struct wr_err *err)
{
    const struct wr_search_field *field = wr_search_field(noun, "instance", 8);
    struct wr_datum id = { .kind = WR_D_UUID,
                           .p = (const char *)f->row->id.b,
                           .len = sizeof(f->row->id.b) };
    struct wr_search s = { .noun = noun,
                           .tenant = f->stage->tenant,
                           .where = wr_where(f->arena, WR_S_EQ, field, &id, 1),
                           .limit = MOST };

    return wr_store_search(f->store, &s, f->arena, out, NULL, err);
}

/* ---- an instance ---- */

static int
check_state(struct folded *f, struct wr_err *err)
{
    const struct wr_past_instance_row *p;
    struct wr_rows rows;

    if (wr_store_project_load(f->store, WR_PAST_INSTANCES, &f->row->id, 1,
                              f->arena, &rows, err)
        < 0)
        return err->code;
    if (rows.n != 1)
        return differs(f, "there is none", err);
    p = rows.any;
    if (p->seq != f->row->rev)
        return differs(f, "not all of its events are folded", err);
    if (p->state != f->row->state)
        return differs(f, "it is in another state", err);
    if (p->started_at != f->row->started_at
        || (p->state > WR_SUSPENDED && p->ended_at != f->row->ended_at))
        return differs(f, "it began or ended at another time", err);
    if (!wr_uuid_equal(&p->definition, &f->row->definition))
        return differs(f, "it is of another version", err);

    return 0;
}

static bool
same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
is_open(const struct wr_past_task_row *p, const struct wr_task_row *t)
{
    return wr_uuid_equal(&p->id, &t->id) && p->element == t->element
           && same(p->assignee, t->assignee)
           && (p->state == WR_PAST_TASK_CLAIMED)
                  == (t->state == WR_TASK_CLAIMED);
}

static int
check_tasks(struct folded *f, struct wr_err *err)
{
    const struct wr_past_task_row *past;
    struct wr_rows folded, open;
    size_t n_open = 0;

    if (rows_of(f, WR_PAST_TASKS, &folded, err) < 0
        || wr_stage_rows(f->stage, WR_TASKS, &f->row->id, f->arena, &open, err)
               < 0)
        return err->code;
    past = folded.any;
    for (size_t i = 0; i < folded.n; i++) {
        bool found = false;

        if (past[i].state >= WR_PAST_TASK_COMPLETED)
            continue;
        n_open++;
        for (size_t k = 0; k < open.n; k++)
            found |= is_open(&past[i], &open.tasks[k]);
        if (!found)
            return differs(f, "a task is open that is not, or not so", err);
    }

    return n_open == open.n ? 0 : differs(f, "an open task is missing", err);
}

/* A list's items stand beside it. */
static bool
has_value(struct folded *f, const struct wr_variable_row *v, size_t n,
          const struct wr_entry *e)
{
    const char *name = wr_name_key(f->arena, e->key);
    const char *value = wr_value_key(f->arena, e->value);
    bool found = false;

    for (size_t i = 0; i < n && !found; i++)
        found = !v[i].path[0] && strcmp(v[i].name, name) == 0
                && strcmp(v[i].value, value) == 0;

    return found;
}

static bool
is_there(struct folded *f, const struct wr_value *own, const char *name)
{
    bool found = false;

    for (size_t k = 0; own && k < own->context.n && !found; k++)
        found = strcmp(wr_name_key(f->arena, own->context.entries[k].key), name)
                == 0;

    return found;
}

static int
check_variables(struct folded *f, const struct wr_value *own,
                struct wr_err *err)
{
    const struct wr_variable_row *v;
    struct wr_rows rows;

    if (rows_of(f, WR_VARIABLE_ROWS, &rows, err) < 0)
        return err->code;
    v = rows.any;
    for (size_t k = 0; own && k < own->context.n; k++)
        if (!has_value(f, v, rows.n, &own->context.entries[k]))
            return differs(f,
                           wr_arena_printf(f->arena,
                                           "variable '%s' has another value",
                                           own->context.entries[k].key),
                           err);
    for (size_t i = 0; i < rows.n; i++)
        if (!is_there(f, own, v[i].name))
            return differs(f, "it has a variable that is not there", err);

    return 0;
}

/* Where a token waits an activity runs, and where nothing is left none does. */
static int
check_activities(struct folded *f, const struct wr_view *view,
                 struct wr_err *err)
{
    const struct wr_model *m = view->definition->model;
    const struct wr_activity_row *a;
    const struct wr_token_info *t;
    struct wr_rows rows;
    int n = wr_instance_tokens(view->instance, m, f->arena, &t);

    if (rows_of(f, WR_ACTIVITIES, &rows, err) < 0)
        return err->code;
    a = rows.any;
    for (size_t i = 0; i < rows.n; i++)
        if (a[i].state == WR_ACT_ACTIVE && f->row->state > WR_SUSPENDED)
            return differs(f, "it ended, an activity of it did not", err);
    for (int k = 0; k < n; k++) {
        bool runs = t[k].state == WR_TOKEN_QUEUED;

        for (size_t i = 0; i < rows.n; i++)
            runs |= a[i].state == WR_ACT_ACTIVE
                    && a[i].element == m->nodes[t[k].node].symbol;
        if (!runs && strcmp(t[k].waiting_for, "task") == 0)
            return differs(f, "a token waits where nothing runs", err);
    }

    return 0;
}

static int
check_instance(struct folded *f, struct wr_err *err)
{
    struct wr_view view;

    if (wr_stage_view(f->stage, &f->row->id, f->arena, &view, err) < 0
        || check_state(f, err) < 0 || check_tasks(f, err) < 0
        || check_variables(f, wr_instance_variables(view.instance, 0, f->arena),
                           err)
               < 0)
        return err->code;

    return check_activities(f, &view, err);
}

/* ---- all of them ---- */

static int
fold(struct folded *f, struct wr_err *err)
{
    int64_t events;
    int rc = WR_ECONFLICT;

    /* Others may fold the same store. */
    for (int i = 0; rc == WR_ECONFLICT && i < TRIES; i++)
        rc = wr_project_all(f->store, f->stage->rt, BATCH, &events, err);

    return rc;
}

int
wr_stage_folded(struct wr_stage *s, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    wr_auto(wr_store_close) struct wr_store *st = NULL;
    struct folded f = { .stage = s, .arena = a };
    struct wr_rows rows;

    if (wr_store_open(s->store_url, &st, err) < 0)
        return err->code;
    f.store = st;
    if (fold(&f, err) < 0
        || wr_stage_rows(s, WR_INSTANCES, NULL, a, &rows, err) < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        f.row = &rows.instances[i];
        if (check_instance(&f, err) < 0)
            return err->code;
    }

    return 0;
}

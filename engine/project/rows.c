/* The rows of a batch: read, found by id, collected and written. */

#include <string.h>

#include "engine/project/fold.h"
#include "engine/store/columns.h"

static const enum wr_noun nouns[WR_FOLD_TABLES] = {
    [WR_FOLD_INSTANCES] = WR_PAST_INSTANCES,
    [WR_FOLD_ACTIVITIES] = WR_ACTIVITIES,
    [WR_FOLD_TASKS] = WR_PAST_TASKS,
    [WR_FOLD_COUNTS] = WR_ELEMENT_COUNTS,
};

/* ---- ids ---- */

static uint64_t
mix(uint64_t h)
{
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);

    return h ^ h >> 33;
}

/* Ids of what belongs to one thing stand together: they begin as its own. */
struct wr_uuid
wr_fold_hashed_id(const struct wr_uuid *of, const void *text, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);
    struct wr_uuid out = *of;
    const uint8_t *p = text;

    for (size_t i = 8; i < sizeof(of->b); i++)
        h = (h ^ of->b[i]) * UINT64_C(1099511628211);
    h = mix(h);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    h = mix(h);
    for (int i = 0; i < 8; i++)
        out.b[8 + i] = (uint8_t)(h >> (56 - 8 * i));

    return out;
}

struct wr_uuid
wr_fold_activity_id(const struct wr_uuid *instance, int64_t key, int64_t seq)
{
    int64_t what[2] = { key, key ? 0 : seq };

    return wr_fold_hashed_id(instance, what, sizeof(what));
}

/* ---- sets ---- */

static size_t
place(const struct wr_fold_set *s, const struct wr_uuid *id)
{
    uint64_t h;
    size_t i;

    memcpy(&h, id->b + 8, sizeof(h));
    for (i = (size_t)mix(h) & (s->cap - 1);
         !wr_uuid_is_zero(&s->slots[i].id)
         && !wr_uuid_equal(&s->slots[i].id, id);
         i = (i + 1) & (s->cap - 1))
        ;

    return i;
}

static void
grow(struct wr_fold *f, struct wr_fold_set *s)
{
    struct wr_fold_set old = *s;

    s->cap = old.cap ? 2 * old.cap : 256;
    s->slots = wr_newn(f->arena, struct wr_fold_slot, s->cap);
    for (size_t i = 0; i < old.cap; i++)
        if (!wr_uuid_is_zero(&old.slots[i].id))
            s->slots[place(s, &old.slots[i].id)] = old.slots[i];
}

struct wr_fold_slot *
wr_fold_slot(struct wr_fold *f, enum wr_fold_table t, const struct wr_uuid *id)
{
    struct wr_fold_set *s = &f->sets[t];
    size_t i;

    if (2 * s->n >= s->cap)
        grow(f, s);
    i = place(s, id);
    s->n += wr_uuid_is_zero(&s->slots[i].id);
    s->slots[i].id = *id;

    return &s->slots[i];
}

void *
wr_fold_row(struct wr_fold *f, enum wr_fold_table t, const struct wr_uuid *id)
{
    const struct wr_fold_set *s = &f->sets[t];

    return s->cap ? s->slots[place(s, id)].row : NULL;
}

void *
wr_fold_put(struct wr_fold *f, enum wr_fold_table t, const struct wr_uuid *id,
            size_t size)
{
    struct wr_fold_slot *s = wr_fold_slot(f, t, id);

    if (!s->row)
        s->row = wr_arena_allocn(f->arena, 1, size);
    s->changed = true;

    return s->row;
}

void
wr_fold_changed(struct wr_fold *f, enum wr_fold_table t,
                const struct wr_uuid *id)
{
    wr_fold_slot(f, t, id)->changed = true;
}

int
wr_fold_read(struct wr_fold *f, enum wr_fold_table t, struct wr_err *err)
{
    struct wr_fold_set *s = &f->sets[t];
    struct wr_uuid *ids = wr_newn(f->arena, struct wr_uuid, s->n + 1);
    size_t size = wr_record_of(nouns[t])->size, n = 0;
    struct wr_rows rows;

    for (size_t i = 0; i < s->cap; i++)
        if (!wr_uuid_is_zero(&s->slots[i].id) && !s->slots[i].row)
            ids[n++] = s->slots[i].id;
    if (wr_store_project_load(f->store, nouns[t], ids, n, f->arena, &rows, err)
        < 0)
        return err->code;
    for (size_t i = 0; i < rows.n; i++) {
        void *row = (char *)(uintptr_t)rows.any + i * size;

        /* They have their id in front. */
        wr_fold_slot(f, t, row)->row = row;
    }

    return 0;
}

/* ---- counts ---- */

struct wr_element_count_row *
wr_fold_count(struct wr_fold *f, const struct wr_uuid *definition,
              int32_t tenant, int32_t element)
{
    struct wr_uuid id = wr_fold_hashed_id(definition, &element,
                                          sizeof(element));
    struct wr_element_count_row *c = NULL;
    size_t cap = f->cap_added;

    for (size_t i = 0; i < f->n_added; i++)
        if (wr_uuid_equal(&f->added[i].id, &id))
            return &f->added[i];
    if (f->n_added == cap) {
        f->cap_added = cap ? 2 * cap : 64;
        c = wr_newn(f->arena, struct wr_element_count_row, f->cap_added);
        if (cap)
            memcpy(c, f->added, cap * sizeof(*c));
        f->added = c;
        c = NULL;
    }
    c = &f->added[f->n_added++];
    *c = (struct wr_element_count_row){ .id = id,
                                        .definition = *definition,
                                        .tenant = tenant,
                                        .element = element,
                                        .least_ms = -1 };
    c->histogram.p = wr_newn(f->arena, int64_t, WR_DURATIONS);

    return c;
}

static int
duration_class(int64_t ms)
{
    int n = ms > 0 ? 64 - __builtin_clzll((unsigned long long)ms) : 0;

    return n < WR_DURATIONS ? n : WR_DURATIONS - 1;
}

void
wr_fold_duration(struct wr_fold *f, struct wr_element_count_row *c, int64_t ms,
                 int n)
{
    int64_t *classes = (int64_t *)(uintptr_t)c->histogram.p;

    (void)f;
    c->total_ms += n * ms;
    classes[duration_class(ms)] += n;
    if (n < 0)
        return;
    if (c->least_ms < 0 || ms < c->least_ms)
        c->least_ms = ms;
    if (ms > c->most_ms)
        c->most_ms = ms;
}

static int64_t
number_at(const struct wr_blob *b, int i)
{
    const uint8_t *p = (const uint8_t *)b->p + (size_t)8 * (size_t)i;
    uint64_t n = 0;

    if (b->len < (size_t)8 * WR_DURATIONS)
        return 0;
    for (int k = 0; k < 8; k++)
        n = n << 8 | p[k];

    return (int64_t)n;
}

static struct wr_blob
histogram(struct wr_fold *f, const struct wr_blob *old, const int64_t *added)
{
    uint8_t *p = wr_arena_alloc(f->arena, (size_t)8 * WR_DURATIONS);

    for (int i = 0; i < WR_DURATIONS; i++) {
        uint64_t n = (uint64_t)(number_at(old, i) + added[i]);

        for (int k = 0; k < 8; k++)
            p[8 * i + k] = (uint8_t)(n >> (56 - 8 * k));
    }

    return (struct wr_blob){ p, (size_t)8 * WR_DURATIONS };
}

/* What was counted comes onto what the store has. */
static int
add_counts(struct wr_fold *f, struct wr_err *err)
{
    for (size_t i = 0; i < f->n_added; i++)
        (void)wr_fold_slot(f, WR_FOLD_COUNTS, &f->added[i].id);
    if (wr_fold_read(f, WR_FOLD_COUNTS, err) < 0)
        return err->code;
    for (size_t i = 0; i < f->n_added; i++) {
        const struct wr_element_count_row *a = &f->added[i];
        struct wr_element_count_row *c = wr_fold_row(f, WR_FOLD_COUNTS, &a->id);
        bool fresh = c == NULL;

        c = wr_fold_put(f, WR_FOLD_COUNTS, &a->id, sizeof(*c));
        if (fresh) {
            c->id = a->id;
            c->definition = a->definition;
            c->tenant = a->tenant;
            c->element = a->element;
            c->least_ms = -1;
        }
        c->seen = c->running;
        c->running += a->running;
        c->completed += a->completed;
        c->failed += a->failed;
        c->canceled += a->canceled;
        c->total_ms += a->total_ms;
        if (a->least_ms >= 0 && (c->least_ms < 0 || a->least_ms < c->least_ms))
            c->least_ms = a->least_ms;
        if (a->most_ms > c->most_ms)
            c->most_ms = a->most_ms;
        c->histogram = histogram(f, &c->histogram, a->histogram.p);
    }

    return 0;
}

/* ---- writing ---- */

static struct wr_projected_rows
changed(struct wr_fold *f, enum wr_fold_table t)
{
    const struct wr_fold_set *s = &f->sets[t];
    const void **rows = wr_newn(f->arena, const void *, s->n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s->cap; i++)
        if (s->slots[i].changed && s->slots[i].row)
            rows[n++] = s->slots[i].row;

    return (struct wr_projected_rows){ nouns[t], rows, n };
}

static struct wr_projected_rows
variables(struct wr_fold *f, const struct wr_variable_row ***clears)
{
    const void **rows;
    size_t n = 0;

    for (size_t i = 0; i < f->n_variables; i++)
        n += f->variables[i].n;
    rows = wr_newn(f->arena, const void *, n + 1);
    *clears = wr_newn(f->arena, const struct wr_variable_row *,
                      f->n_variables + 1);
    n = 0;
    for (size_t i = 0; i < f->n_variables; i++) {
        (*clears)[i] = f->variables[i].clear;
        for (size_t k = 0; k < f->variables[i].n; k++)
            rows[n++] = &f->variables[i].leaves[k];
    }

    return (struct wr_projected_rows){ WR_VARIABLE_ROWS, rows, n };
}

int
wr_fold_write(struct wr_fold *f, int64_t from, const struct wr_position *to,
              struct wr_err *err)
{
    struct wr_projected_rows puts[WR_FOLD_TABLES + 1];
    const struct wr_variable_row **clears;
    struct wr_projecting p = { .from = from, .to = *to, .puts = puts };
    int rc;

    if (add_counts(f, err) < 0)
        return err->code;
    for (enum wr_fold_table t = 0; t < WR_FOLD_TABLES; t++)
        puts[p.n_puts++] = changed(f, t);
    puts[p.n_puts++] = variables(f, &clears);
    p.clears = clears;
    p.n_clears = f->n_variables;
    p.histories = (const struct wr_history_row *const *)f->left;
    p.n_histories = f->n_left;
    p.no_values = (const struct wr_uuid *const *)f->no_values;
    p.n_no_values = f->n_no_values;
    p.no_details = (const struct wr_uuid *const *)f->no_details;
    p.n_no_details = f->n_no_details;

    wr_runtime_write_begin(f->runtime);
    rc = wr_store_project(f->store, &p, err);
    wr_runtime_write_end(f->runtime);

    return rc;
}

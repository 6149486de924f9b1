/* What stays of the history of instances that have ended, by the level of their
 * definition (engine/runtime/level.h). */

#include <string.h>

#include "engine/project/fold.h"
#include "engine/runtime/level.h"

enum {
    ROWS = 500 /* of history at once */
};

static void
add(struct wr_fold *f, const void ***list, size_t *n, size_t *cap,
    const void *what)
{
    if (*n == *cap) {
        size_t more = *cap ? 2 * *cap : 32;
        const void **grown = wr_newn(f->arena, const void *, more);

        if (*n)
            memcpy(grown, *list, *n * sizeof(*grown));
        *list = grown;
        *cap = more;
    }
    (*list)[(*n)++] = what;
}

void
wr_fold_ended(struct wr_fold *f, const struct wr_past_instance_row *i)
{
    add(f, &f->ended, &f->n_ended, &f->cap_ended, i);
}

static int
level_of(struct wr_fold *f, const struct wr_past_instance_row *i,
         enum wr_history_level *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = i->tenant,
                          .id = &i->definition,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (f->level_of
        && wr_uuid_equal(&f->level_of->definition, &i->definition)) {
        *out = f->level;
        return 0;
    }
    if (wr_store_find(f->store, &q, f->arena, &rows, err) < 0)
        return err->code;
    *out = rows.n ? wr_runtime_level(f->runtime, &rows.definitions[0])
                  : WR_LEVEL_FULL;
    f->level_of = i;
    f->level = *out;

    return 0;
}

static int
cut_down(struct wr_fold *f, const struct wr_past_instance_row *i,
         enum wr_history_level level, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_HISTORIES,
                          .tenant = i->tenant,
                          .instance = &i->id,
                          .state = -1,
                          .limit = ROWS };
    struct wr_rows rows;

    do {
        if (wr_store_find(f->store, &q, f->arena, &rows, err) < 0)
            return err->code;
        for (size_t k = 0; k < rows.n; k++) {
            struct wr_history_row *row = wr_arena_memdup(
                f->arena, &rows.histories[k], sizeof(*row));

            if (wr_level_row(f->arena, level, row->events, &row->events, err)
                < 0)
                return err->code;
            if (level == WR_LEVEL_NONE)
                row->actor = NULL;
            add(f, &f->left, &f->n_left, &f->cap_left, row);
        }
        q.cursor = rows.next;
    } while (rows.next);
    add(f, &f->no_values, &f->n_no_values, &f->cap_no_values, &i->id);
    if (level == WR_LEVEL_NONE)
        add(f, &f->no_details, &f->n_no_details, &f->cap_no_details, &i->id);

    return 0;
}

int
wr_fold_levels(struct wr_fold *f, struct wr_err *err)
{
    for (size_t k = 0; k < f->n_ended; k++) {
        const struct wr_past_instance_row *i = f->ended[k];
        enum wr_history_level level = WR_LEVEL_FULL;

        if (level_of(f, i, &level, err) < 0)
            return err->code;
        if (level != WR_LEVEL_FULL && i->state > WR_SUSPENDED
            && cut_down(f, i, level, err) < 0)
            return err->code;
    }

    return 0;
}

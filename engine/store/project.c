#include "engine/store/project_ops.h"

int
wr_store_position(struct wr_store *st, struct wr_position *out,
                  struct wr_err *err)
{
    return st->ops->project->position(st, out, err);
}

int
wr_store_follow(struct wr_store *st, int64_t *pos, int limit,
                struct wr_arena *a, const struct wr_followed_row **out,
                size_t *n, bool *more, struct wr_err *err)
{
    return st->ops->project->follow(st, pos, limit, a, out, n, more, err);
}

int
wr_store_project_load(struct wr_store *st, enum wr_noun noun,
                      const struct wr_uuid *ids, size_t n, struct wr_arena *a,
                      struct wr_rows *out, struct wr_err *err)
{
    return st->ops->project->load(st, noun, ids, n, a, out, err);
}

int
wr_store_project(struct wr_store *st, const struct wr_projecting *p,
                 struct wr_err *err)
{
    return st->ops->project->project(st, p, err);
}

int
wr_store_lead(struct wr_store *st, bool *out, struct wr_err *err)
{
    return st->ops->project->lead(st, out, err);
}

int
wr_store_project_reset(struct wr_store *st, struct wr_err *err)
{
    return st->ops->project->reset(st, err);
}

/* audit: is every instance, after each commit, what its history adds up to? */
#include "cli/stage.h"
#include "engine/exec/replay.h"

static int
replay(struct wr_stage *s, const struct wr_model *m,
       const struct wr_effects *fx, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const struct wr_model *from = fx->from ? fx->from : m;
    char id[WR_UUID_TEXT];
    struct wr_instance *i;
    struct wr_replay *r;

    wr_uuid_text(&fx->instance.id, id);
    r = wr_map_get(&s->replays, id);
    if (!r) {
        r = wr_replay_new(s->arena);
        (void)wr_map_put(&s->replays, id, r);
    }
    wr_replay_goes_to(r, m);
    if (wr_replay_add(r, from, &fx->history, err) < 0)
        return err->code;
    for (int k = 0; k < fx->n_more_histories; k++) {
        if (wr_replay_add(r, from, &fx->more_histories[k], err) < 0)
            return err->code;
    }
    if (wr_runtime_decode(s->rt, m, &fx->instance, a, &i, err) < 0)
        return err->code;

    return wr_replay_compare(r, m, i, err);
}

void
wr_stage_replay(struct wr_stage *s, const struct wr_model *m,
                const struct wr_effects *fx)
{
    struct wr_err err;

    if (!s->drift && replay(s, m, fx, &err) < 0)
        s->drift = wr_arena_strdup(s->arena, err.text);
}

int
wr_stage_audit(const struct wr_stage *s, struct wr_err *err)
{
    return s->drift ? wr_fail(err, WR_ECORRUPT, "%s", s->drift) : 0;
}

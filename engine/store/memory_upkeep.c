/* memory_upkeep: the memory backend's deletion of what is over. */

#include <stddef.h>

#include "engine/store/memory.h"

static const struct {
    enum wr_noun noun;
    size_t instance; /* offset */
} tables[] = {
    { WR_HISTORIES, offsetof(struct wr_history_row, instance) },
    { WR_SPILLS, offsetof(struct wr_spill_row, instance) },
    { WR_TASKS, offsetof(struct wr_task_row, instance) },
    { WR_JOBS, offsetof(struct wr_job_row, instance) },
    { WR_TIMERS, offsetof(struct wr_timer_row, instance) },
    { WR_SUBSCRIPTIONS, offsetof(struct wr_subscription_row, instance) },
    { WR_INCIDENTS, offsetof(struct wr_incident_row, instance) },
};

static int
check(struct memory_shared *m, const struct wr_upkeep *u,
      const struct wr_over *o, struct wr_err *err)
{
    const struct wr_instance_row key = { .id = o->id };
    const struct wr_instance_row *row = wr_memory_get(m, WR_INSTANCES, &key);
    char text[WR_UUID_TEXT];

    wr_uuid_text(&o->id, text);
    if (!row || row->rev != o->rev || row->tenant != u->tenant
        || row->state < WR_COMPLETED)
        return wr_fail(err, WR_ECONFLICT, "instance '%s' moved on", text);

    return 0;
}

static void
purge(struct memory_shared *m, const struct wr_over *o)
{
    const struct wr_instance_row key = { .id = o->id };

    wr_memory_del(m, WR_INSTANCES, &key);
    for (size_t k = 0; k < WR_COUNT(tables); k++) {
        struct memory_table *t = &m->tables[tables[k].noun];

        for (size_t i = t->n; i-- > 0;) {
            const char *row = wr_memory_at(t, i)->row;

            if (wr_uuid_equal((const void *)(row + tables[k].instance), &o->id))
                wr_memory_del(m, tables[k].noun, row);
        }
    }
    wr_memory_forget(m, &o->id);
}

int
wr_memory_upkeep(struct wr_store *st, const struct wr_upkeep *u,
                 struct wr_upkept *out, struct wr_err *err)
{
    struct memory_shared *m = wr_memory_of(st)->shared;
    int rc = 0;

    *out = (struct wr_upkept){ 0 };
    pthread_mutex_lock(&m->lock);
    for (size_t i = 0; rc == 0 && i < u->n; i++)
        rc = check(m, u, &u->over[i], err);
    for (size_t i = 0; rc == 0 && i < u->n; i++)
        purge(m, &u->over[i]);
    pthread_mutex_unlock(&m->lock);
    if (rc == 0 && u->n)
        st->stats.commits++;

    return rc;
}

/* migration: what the step of a migration has to know of outside (S29). */
#include "engine/runtime/slot.h"

static struct wr_version
version(const struct wr_definition *d)
{
    return (struct wr_version){ .id = d->row.id,
                                .key = d->row.key,
                                .version = d->row.version,
                                .model = d->model };
}

/* Rows are written anew; those of jobs hold the leases, which the state does not
 * know.  A lease that is given between here and the commit is lost: the job is
 * offered again. */
static int
read_jobs(struct wr_runtime *rt, struct wr_event *ev,
          const struct wr_uuid *instance, int32_t tenant, struct wr_arena *a,
          struct wr_err *err)
{
    struct wr_query q = { .noun = WR_JOBS,
                          .tenant = tenant,
                          .instance = instance,
                          .state = -1,
                          .limit = 1000 };
    struct wr_job_row *all = NULL, *grown;
    struct wr_rows page;

    ev->n_jobs = 0;
    do {
        if (wr_slot_find(rt, &q, a, &page, err) < 0)
            return err->code;
        grown = wr_newn(a, struct wr_job_row, ev->n_jobs + page.n);
        for (size_t k = 0; k < ev->n_jobs; k++)
            grown[k] = all[k];
        for (size_t k = 0; k < page.n; k++) {
            if (page.jobs[k].lease_owner)
                grown[ev->n_jobs++] = page.jobs[k];
        }
        all = grown;
        q.cursor = page.next;
    } while (page.next);
    ev->jobs = all;

    return 0;
}

int
wr_migration_fill(struct wr_runtime *rt, struct wr_event *ev,
                  const struct wr_uuid *instance,
                  const struct wr_definition *from,
                  const struct wr_definition *to, struct wr_arena *a,
                  struct wr_err *err)
{
    ev->from = version(from);
    ev->to = version(to);

    return read_jobs(rt, ev, instance, from->row.tenant, a, err);
}

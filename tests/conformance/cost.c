#include "tests/conformance/cost.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/t.h"

static void
text(PGconn *c, const char *sql, char *out, size_t size)
{
    PGresult *res = PQexec(c, sql);

    ck_assert_msg(PQresultStatus(res) == PGRES_TUPLES_OK, "%s",
                  PQerrorMessage(c));
    snprintf(out, size, "%s", PQgetvalue(res, 0, 0));
    PQclear(res);
}

static double
number(PGconn *c, const char *sql)
{
    char out[64];

    text(c, sql, out, sizeof(out));

    return strtod(out, NULL);
}

void
cost_begin(struct cost_meter *m, const char *url,
           const struct wr_store_stats *stats)
{
    *m = (struct cost_meter){ .url = url, .stats = stats };
    if (strncmp(url, "postgresql:", strlen("postgresql:")) == 0) {
        m->pg = PQconnectdb(url);
        PQclear(PQexec(m->pg, "CREATE EXTENSION IF NOT EXISTS pg_walinspect"));
        PQclear(PQexec(m->pg, "CHECKPOINT"));
        ck_assert_msg(number(m->pg,
                             "SELECT count(*) FROM pg_settings WHERE name ="
                             " 'full_page_writes' AND setting = 'off'")
                          == 1,
                      "full_page_writes is on");
        text(m->pg, "SELECT pg_current_wal_insert_lsn()", m->from,
             sizeof(m->from));
    }
    m->before = *stats;
}

static double
records(const struct cost_meter *m, const char *to, const char *kind)
{
    char sql[512];

    snprintf(sql, sizeof(sql),
             "SELECT coalesce(sum(count), 0) FROM pg_get_wal_stats('%s', '%s',"
             " true) WHERE \"resource_manager/record_type\" ~ '%s'",
             m->from, to, kind);

    return number(m->pg, sql);
}

static void
measure_wal(const struct cost_meter *m, int n, struct cost *out)
{
    char to[64], sql[256];

    /* pg_walinspect reads what was flushed; every commit of ours was. */
    text(m->pg, "SELECT pg_current_wal_flush_lsn()", to, sizeof(to));
    snprintf(sql, sizeof(sql), "SELECT '%s'::pg_lsn - '%s'::pg_lsn", to,
             m->from);
    out->wal = number(m->pg, sql) / n;
    out->heap = records(m, to, "^Heap/(INSERT|UPDATE|HOT_UPDATE|DELETE)") / n;
    out->index = records(m, to, "^Btree/(INSERT_LEAF|INSERT_POST|SPLIT)") / n;
}

struct cost
cost_end(struct cost_meter *m, int n)
{
    const struct wr_store_stats *after = m->stats, *before = &m->before;
    struct cost cost = { 0 };

    cost.round_trips = (double)(after->round_trips - before->round_trips) / n;
    cost.commits = (double)(after->commits - before->commits) / n;
    cost.rows = (double)(after->rows - before->rows) / n;
    if (m->pg)
        measure_wal(m, n, &cost);
    PQfinish(m->pg);
    printf("# %.9s: %.2f round trips, %.2f commits, %.2f rows, %.2f heap "
           "records, %.2f index entries, %.0f B of WAL\n",
           m->url, cost.round_trips, cost.commits, cost.rows, cost.heap,
           cost.index, cost.wal);
    fflush(stdout);

    return cost;
}

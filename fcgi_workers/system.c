/* system: health, metrics, the API's description, the test clock. */

#include "config.h"

#include <string.h>

#include "fcgi_workers/openapi.h"
#include "fcgi_workers/resource.h"

static int
ready(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_err store = { 0 };
    struct wr_rows rows;
    bool up;

    (void)in, (void)out, (void)err;
    q.limit = 1;
    up = wr_runtime_find(rq->service->runtime, &q, rq->arena, &rows, &store)
             == 0
         && !atomic_load(&rq->service->draining);
    rq->raw_type = "application/json";
    rq->status = up ? 200 : 503;
    wr_str_printf(&rq->raw,
                  "{\"status\":\"%s\",\"dependencies\":{\"store\":{\"state\":"
                  "\"%s\"}}}",
                  up ? "ready" : "unavailable",
                  store.code == WR_OK ? "up" : "down");

    return 0;
}

static void
metric(struct wr_str *s, const char *name, const char *type, const char *help,
       long long value)
{
    wr_str_printf(s, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name,
                  type, name, value);
}

static int
metrics(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_service *sv = rq->service;
    struct wr_runtime_stats st;
    struct wr_str *s = &rq->raw;

    (void)in, (void)out, (void)err;
    wr_runtime_stats(sv->runtime, &st);
    rq->raw_type = "text/plain; version=0.0.4; charset=utf-8";
    wr_str_printf(s,
                  "# HELP weir_build_info Version of the worker.\n"
                  "# TYPE weir_build_info gauge\n"
                  "weir_build_info{version=\"%s\"} 1\n",
                  PACKAGE_VERSION);
    wr_str_add(s, "# HELP weir_requests_total Requests answered by the "
                  "worker.\n# TYPE weir_requests_total counter\n");
    for (int i = 1; i < 6; i++)
        wr_str_printf(s, "weir_requests_total{class=\"%dxx\"} %ld\n", i,
                      atomic_load(&sv->requests[i]));
    metric(s, "weir_commands_total", "counter", "Commands executed.",
           st.commands);
    metric(s, "weir_batches_total", "counter", "Commits of command batches.",
           st.batches);
    metric(s, "weir_conflicts_total", "counter",
           "Commands that were stepped again.", st.conflicts);
    metric(s, "weir_store_round_trips_total", "counter",
           "Round trips of the writing connection.", st.store.round_trips);
    metric(s, "weir_jobs_claimed_total", "counter", "Jobs leased to workers.",
           atomic_load(&sv->jobs_claimed));
    metric(s, "weir_jobs_reported_total", "counter",
           "Job results, failures and errors.",
           atomic_load(&sv->jobs_completed));
    metric(s, "weir_worker_start_time_seconds", "gauge",
           "When the worker started.", sv->started_at / 1000);

    return 0;
}

static int
openapi(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in, (void)out, (void)err;
    rq->raw_type = "application/json";
    wr_openapi_json(&rq->raw);

    return 0;
}

static int
docs(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    (void)in, (void)out, (void)err;
    rq->raw_type = "text/html; charset=utf-8";
    wr_openapi_page(&rq->raw);

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/health/ready", "ready", WR_ANYONE, NULL, NULL, NULL, 200, ready,
      "Can this slot serve, and how are its dependencies", WR_ROUTE_RAW_OUT },
    { "GET", "/metrics", "metrics", WR_ANYONE, NULL, NULL, NULL, 200, metrics,
      "Prometheus metrics of this slot", WR_ROUTE_RAW_OUT },
    { "GET", "/api/v1/openapi.json", "openapi", WR_ANYONE, NULL, NULL, NULL,
      200, openapi, "This description", WR_ROUTE_RAW_OUT },
    { "GET", "/api/docs", "docs", WR_ANYONE, NULL, NULL, NULL, 200, docs,
      "This description for people", WR_ROUTE_RAW_OUT },
};
/* clang-format on */

const struct wr_route_table wr_routes_system = { "system", routes,
                                                 WR_COUNT(routes) };

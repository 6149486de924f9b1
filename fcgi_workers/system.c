/* system: health, metrics, the API's description. */

#include "config.h"

#include <string.h>

#include "fcgi_workers/openapi.h"
#include "fcgi_workers/resource.h"

/* The store's state now, and since when it is so. */
static bool
store_up(struct wr_request *rq, int64_t *since)
{
    struct wr_service *sv = rq->service;
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_err err = { 0 };
    struct wr_rows rows;
    bool up;

    q.limit = 1;
    up = wr_runtime_find(sv->runtime, &q, rq->arena, &rows, &err) == 0;
    if (atomic_exchange(&sv->store_up, up) != up)
        atomic_store(&sv->store_since, wr_clock_now(&sv->clock));
    *since = atomic_load(&sv->store_since);

    return up;
}

static int
ready(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    char since[WR_INSTANT_TEXT];
    int64_t at;
    bool up = store_up(rq, &at);
    bool serving = up && !atomic_load(&rq->service->draining);

    (void)in, (void)out, (void)err;
    wr_instant_text(at, since);
    rq->raw_type = "application/json";
    rq->status = serving ? 200 : 503;
    wr_str_printf(&rq->raw,
                  "{\"status\":\"%s\",\"dependencies\":{\"store\":{\"state\":"
                  "\"%s\",\"since\":\"%s\"}}}",
                  serving ? "ready" : "unavailable", up ? "up" : "down", since);

    return 0;
}

static void
head(struct wr_str *s, const char *name, const char *type, const char *help)
{
    wr_str_printf(s, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
metric(struct wr_str *s, const char *name, const char *type, const char *help,
       long long value)
{
    head(s, name, type, help);
    wr_str_printf(s, "%s %lld\n", name, value);
}

static const char *
route_name(size_t i)
{
    for (size_t t = 0; t < wr_n_route_tables; t++) {
        if (i < wr_route_tables[t]->n)
            return wr_route_tables[t]->routes[i].id;
        i -= wr_route_tables[t]->n;
    }

    return "none"; /* no row fits the address */
}

/* Requests and their time, by route; routes never asked for are left out. */
static void
route_metrics(struct wr_str *s, const struct wr_service *sv)
{
    size_t n = wr_route_total() + 1;

    head(s, "weir_requests_total", "counter",
         "Requests answered, by route and status class.");
    for (size_t i = 0; i < n; i++) {
        for (int k = 1; k < 6; k++) {
            long count = atomic_load(&sv->routes[i].classes[k]);

            if (count)
                wr_str_printf(s,
                              "weir_requests_total{route=\"%s\","
                              "class=\"%dxx\"} %ld\n",
                              route_name(i), k, count);
        }
    }
    head(s, "weir_request_seconds_total", "counter",
         "Time spent in requests, by route.");
    for (size_t i = 0; i < n; i++) {
        long long us = atomic_load(&sv->routes[i].microseconds);

        if (us)
            wr_str_printf(s,
                          "weir_request_seconds_total{route=\"%s\"} "
                          "%lld.%06lld\n",
                          route_name(i), us / 1000000, us % 1000000);
    }
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
    head(s, "weir_build_info", "gauge", "Version of the worker.");
    wr_str_printf(s, "weir_build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
    route_metrics(s, sv);
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

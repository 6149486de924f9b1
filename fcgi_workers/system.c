/* system: health, metrics, the API's description. */

#include <string.h>

#include "fcgi_workers/metrics.h"
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
    { "GET", "/metrics", "metrics", WR_ANYONE, NULL, NULL, NULL, 200,
      wr_metrics, "Prometheus metrics of all slots", WR_ROUTE_RAW_OUT },
    { "GET", "/api/v1/openapi.json", "openapi", WR_ANYONE, NULL, NULL, NULL,
      200, openapi, "This description", WR_ROUTE_RAW_OUT },
    { "GET", "/api/docs", "docs", WR_ANYONE, NULL, NULL, NULL, 200, docs,
      "This description for people", WR_ROUTE_RAW_OUT },
};
/* clang-format on */

const struct wr_route_table wr_routes_system = { "system", routes,
                                                 WR_COUNT(routes) };

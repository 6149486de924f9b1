/* system: health, metrics, the API's description. */

#include <stdio.h>
#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/metrics.h"
#include "fcgi_workers/openapi.h"
#include "fcgi_workers/resource.h"
#include "fcgi_workers/schedulers.h"

/* The store's state now, and since when it is so. */
static bool
store_up(struct wr_request *rq, int64_t *since, struct wr_err *err)
{
    struct wr_service *sv = rq->service;
    struct wr_query q = wr_request_query(rq, WR_USERS);
    struct wr_rows rows;
    bool up;

    q.limit = 1;
    up = wr_runtime_find(sv->runtime, &q, rq->arena, &rows, err) == 0;
    if (atomic_exchange(&sv->store_up, up) != up)
        atomic_store(&sv->store_since, wr_clock_now(&sv->clock));
    *since = atomic_load(&sv->store_since);

    return up;
}

static void
put_dependency(struct wr_str *s, const char *name, const char *state,
               int64_t since, const char *cause)
{
    char at[WR_INSTANT_TEXT];

    wr_instant_text(since, at);
    wr_str_printf(s, "\"%s\":{\"state\":\"%s\",\"since\":\"%s\"", name, state,
                  at);
    if (*cause) {
        wr_str_add(s, ",\"detail\":");
        wr_json_write_string(s, cause, strlen(cause));
    }
    wr_str_addc(s, '}');
}

/* A node that is off would tell wrong times to whoever trusts it. */
static void
put_clock(struct wr_str *s, int64_t skew, int64_t now)
{
    char why[96];

    snprintf(
        why, sizeof(why), "this machine's clock is %lld ms %s the database's",
        (long long)(skew < 0 ? -skew : skew), skew < 0 ? "ahead of" : "behind");
    put_dependency(s, "clock", "off", now, why);
    wr_str_addc(s, ',');
}

/* Nothing is lost while it fails, only kept for longer. */
static void
put_housekeeping(struct wr_service *sv, struct wr_str *list, bool *whole)
{
    struct wr_housekeeping k;

    wr_housekeeper_look(sv->housekeeper, &k);
    if (!k.failing)
        return;
    *whole = false;
    wr_str_addc(list, ',');
    put_dependency(list, "retention", "failing", k.since, k.cause);
}

/* One that is well is enough; where none ever ran there is nothing to say. */
static bool
put_scheduler(struct wr_str *list, struct wr_request *rq)
{
    const struct wr_service *sv = rq->service;
    const struct wr_scheduler *all, *best;
    size_t n = wr_schedulers_read(rq->arena, wr_config_home(sv->config),
                                  wr_clock_now(&sv->clock), &all);
    const char *cause = "";

    if (n == 0)
        return true;
    best = all;
    for (size_t i = 1; i < n; i++) {
        if ((all[i].up && !best->up)
            || (all[i].up && best->broken && !all[i].broken))
            best = &all[i];
    }
    if (!best->up)
        cause = "it does not say how it is any more";
    else if (best->broken)
        cause = best->broken;
    wr_str_addc(list, ',');
    put_dependency(list, "scheduler",
                   !best->up      ? "down"
                   : best->broken ? "degraded"
                                  : "up",
                   best->up ? best->since : best->at, cause);

    return best->up && !best->broken;
}

/* Without Redis or RabbitMQ the service goes on, and says so. */
static int
ready(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_link_view views[WR_SERVER_LINKS];
    int n = wr_servers_look(rq->service->servers, views);
    struct wr_str list = { .arena = rq->arena };
    struct wr_err why = { 0 };
    int64_t at;
    bool up = store_up(rq, &at, &why), whole = true;
    bool right = true, serving;
    int64_t skew;

    if (wr_clock_skew(rq->service->keeper, &skew))
        right = skew <= WR_SKEW_MS && skew >= -WR_SKEW_MS;
    serving = up && right && !atomic_load(&rq->service->draining);

    (void)in, (void)out, (void)err;
    if (!right)
        put_clock(&list, skew, wr_clock_now(&rq->service->clock));
    put_dependency(&list, "store", up ? "up" : "down", at, why.text);
    for (int i = 0; i < n; i++) {
        if (strcmp(views[i].name, WR_SERVER_STORE) == 0)
            continue;
        whole &= views[i].state == WR_LINK_READY;
        wr_str_addc(&list, ',');
        put_dependency(&list, views[i].name, wr_link_word(views[i].state),
                       views[i].since, views[i].cause);
    }
    put_housekeeping(rq->service, &list, &whole);
    whole &= put_scheduler(&list, rq);
    rq->raw_type = "application/json";
    rq->status = serving ? 200 : 503;
    wr_str_printf(&rq->raw, "{\"status\":\"%s\",\"dependencies\":{%s}}",
                  !serving ? "unavailable"
                  : whole  ? "ready"
                           : "degraded",
                  wr_str_text(&list));

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

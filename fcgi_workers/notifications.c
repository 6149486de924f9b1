/* notifications: trying out what tells of incidents (notify.h). */

#include "fcgi_workers/notify.h"
#include "fcgi_workers/route.h"

struct result {
    const char *to;
    int64_t ms;
};
static const struct wr_field result_fields[] = {
    WR_FIELD(struct result, to, "to", WR_STRING, WR_READONLY,
             "Who took it: the server of notify_url, without path and names."),
    WR_FIELD(struct result, ms, "milliseconds", WR_INT, WR_READONLY,
             "How long that took."),
};
static const struct wr_object result_object = WR_OBJECT_ROWS(
    struct result, "TestNotification", result_fields);

static int
try_it(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_service *s = rq->service;
    int64_t now = wr_clock_now(&s->clock);
    struct result *r = out;

    (void)in;
    if (wr_notify_send(rq->arena, s->config, NULL, 0, now, /* test= */ true,
                       err)
        < 0)
        return (int)err->code;
    r->to = wr_notify_target(rq->arena, s->config);
    r->ms = wr_clock_now(&s->clock) - now;

    return 0;
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "POST", "/api/v1/notifications/test", "testNotification", WR_ADMIN, NULL,
      NULL, &result_object, 200, try_it,
      "Send a notification for trying out, now",
      WR_ROUTE_OPTIONAL_BODY | WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_notifications = { "notifications", routes,
                                                        WR_COUNT(routes) };

/* projection: how far the history is folded, and all of it again. */

#include "engine/project/projector.h"
#include "engine/store/project.h"
#include "fcgi_workers/resource.h"

struct status {
    int64_t as_of, lag, events;
    int64_t late;
    bool caught_up;
    const char *cause;
};
static const struct wr_field status_fields[] = {
    WR_FIELD(struct status, caught_up, "caughtUp", WR_BOOL, WR_READONLY,
             "All that was committed is folded."),
    WR_FIELD(struct status, as_of, "asOf", WR_TIME, WR_READONLY | WR_NULLABLE,
             "When the last commit that was folded happened; null: none was."),
    WR_FIELD(struct status, lag, "lagMs", WR_INT, WR_READONLY,
             "From there to the newest commit."),
    WR_FIELD(struct status, events, "events", WR_INT, WR_READONLY,
             "History events folded since the beginning."),
    WR_FIELD(struct status, late, "late", WR_INT, WR_READONLY,
             "Answers of this slot that did not have all."),
    WR_FIELD(struct status, cause, "cause", WR_STRING,
             WR_READONLY | WR_OPTIONAL, "Why this slot does not get on."),
};
static const struct wr_object status_object = WR_OBJECT_ROWS(
    struct status, "ProjectionStatus", status_fields);

static int
status(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_service *sv = rq->service;
    struct wr_projector_stats st;
    struct wr_position p;
    struct status *s = out;

    (void)in;
    if (wr_runtime_position(sv->runtime, &p, err) < 0)
        return (int)err->code;
    wr_projector_look(sv->projector, &st);
    *s = (struct status){
        .as_of = p.at,
        .lag = p.pos >= p.newest || p.newest_at < p.at ? 0 : p.newest_at - p.at,
        .events = p.events,
        .late = atomic_load(&sv->fresh_late),
        .caught_up = p.pos >= p.newest,
        .cause = st.failures ? wr_arena_strdup(rq->arena, st.cause) : NULL,
    };

    return 0;
}

static int
rebuild(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    if (wr_runtime_project_reset(rq->service->runtime, err) < 0)
        return (int)err->code;
    wr_projector_poke(rq->service->projector_socket);

    return status(rq, in, out, err);
}

/* clang-format off */
static const struct wr_route routes[] = {
    { "GET", "/api/v1/projection", "readProjection", WR_OPERATOR, NULL, NULL,
      &status_object, 200, status,
      "How far the history is folded into what lists by variables, ended tasks "
      "and statistics are answered from", 0 },
    { "POST", "/api/v1/projection/rebuild", "rebuildProjection", WR_ADMIN, NULL,
      NULL, &status_object, 202, rebuild,
      "Empty all of that and fold the history from its beginning; meanwhile "
      "answers say how old they are", WR_ROUTE_NATURAL },
};
/* clang-format on */

const struct wr_route_table wr_routes_projection = { "projection", routes,
                                                     WR_COUNT(routes) };

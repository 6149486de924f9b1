#include "fcgi_workers/route.h"

#include <string.h>

#define WR_ROUTES(name) extern const struct wr_route_table wr_routes_##name;
#include "fcgi_workers/routes.def"
#undef WR_ROUTES

const struct wr_route_table *const wr_route_tables[] = {
#define WR_ROUTES(name) &wr_routes_##name,
#include "fcgi_workers/routes.def"
#undef WR_ROUTES
};
const size_t wr_n_route_tables = WR_COUNT(wr_route_tables);

size_t
wr_route_total(void)
{
    size_t n = 0;

    for (size_t t = 0; t < wr_n_route_tables; t++)
        n += wr_route_tables[t]->n;

    return n;
}

size_t
wr_route_index(const struct wr_route *r)
{
    size_t before = 0;

    for (size_t t = 0; r && t < wr_n_route_tables; t++) {
        const struct wr_route_table *table = wr_route_tables[t];

        if (r >= table->routes && r < table->routes + table->n)
            return before + (size_t)(r - table->routes);
        before += table->n;
    }

    return wr_route_total();
}

static const struct {
    const char *name;
    unsigned role;
} roles[] = {
    { "viewer", WR_VIEWER },     { "participant", WR_PARTICIPANT },
    { "operator", WR_OPERATOR }, { "designer", WR_DESIGNER },
    { "admin", WR_ADMIN },
};

unsigned
wr_roles_parse(const char *text)
{
    unsigned mask = 0;

    while (*text) {
        size_t n = strcspn(text, ",");

        for (size_t i = 0; i < WR_COUNT(roles); i++) {
            if (strlen(roles[i].name) == n
                && strncmp(roles[i].name, text, n) == 0)
                mask |= roles[i].role;
        }
        text += n + (text[n] == ',');
    }

    return mask;
}

void
wr_request_header(struct wr_request *rq, const char *name, const char *value)
{
    if ((size_t)rq->n_headers < WR_COUNT(rq->headers))
        rq->headers[rq->n_headers++] = (struct wr_header){ name, value };
}

/* Does `path` fit the pattern?  Parameters are what stands between slashes. */
static bool
fits(struct wr_request *rq, const char *pattern, const char *path)
{
    int n = 0;

    memset(rq->param, 0, sizeof(rq->param)); /* of another pattern's try */
    while (*pattern) {
        if (*pattern == '{') {
            size_t len = strcspn(path, "/");

            if (len == 0 || n == WR_PATH_PARAMS)
                return false;
            rq->param[n++] = wr_arena_strndup(rq->arena, path, len);
            path += len;
            pattern += strcspn(pattern, "}") + 1;
        } else if (*pattern++ != *path++) {
            return false;
        }
    }

    return *path == '\0';
}

/* Literal rows win over rows with parameters: "/tasks/search" is no id. */
static int
literal_length(const char *pattern)
{
    return (int)strcspn(pattern, "{");
}

int
wr_route_match(struct wr_request *rq, const char *method, const char *path,
               struct wr_err *err)
{
    const struct wr_route *best = NULL;
    bool other_method = false;

    for (size_t t = 0; t < wr_n_route_tables; t++) {
        for (size_t i = 0; i < wr_route_tables[t]->n; i++) {
            const struct wr_route *r = &wr_route_tables[t]->routes[i];

            if (!fits(rq, r->path, path))
                continue;
            if (strcmp(r->method, method) != 0)
                other_method = true;
            else if (!best
                     || literal_length(r->path) > literal_length(best->path))
                best = r;
        }
    }
    if (!best && other_method)
        return wr_fail(err, WR_EMETHOD, "%s is not possible on '%s'", method,
                       path);
    if (!best || !fits(rq, best->path, path))
        return wr_fail(err, WR_ENOTFOUND, "no resource '%s'", path);
    rq->route = best;

    return 0;
}

/* request.c: one request through its row: roles, decoding, handler, answer. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/crash.h"
#include "engine/base/json.h"
#include "engine/base/limit.h"
#include "engine/model/finding.h"
#include "fcgi_workers/idempotency.h"
#include "fcgi_workers/park.h"
#include "fcgi_workers/resource.h"
#include "fcgi_workers/route.h"

enum {
    IDEMPOTENCY_KEY_MAX = 255 /* bytes */
};

static void
text_member(struct wr_str *s, const char *name, const char *value)
{
    wr_str_printf(s, "%s\"%s\":", s->len > 1 ? "," : "", name);
    wr_json_write_string(s, value, strlen(value));
}

static void
problem_errors(struct wr_request *rq)
{
    struct wr_str *s = &rq->raw;
    const char *sep = "";

    wr_str_add(s, ",\"errors\":[");
    for (size_t i = 0; i < rq->errors.n && i < WR_COUNT(rq->errors.items);
         i++) {
        struct wr_str one = { .arena = rq->arena };

        wr_str_addc(&one, '{');
        text_member(&one, "pointer", rq->errors.items[i].pointer);
        text_member(&one, "code", rq->errors.items[i].code);
        text_member(&one, "detail", rq->errors.items[i].detail);
        wr_str_printf(s, "%s%s}", sep, one.s);
        sep = ",";
    }
    for (size_t i = 0; rq->findings && i < rq->findings->n; i++) {
        wr_str_add(s, sep);
        wr_finding_json(s, &rq->findings->items[i]);
        sep = ",";
    }
    wr_str_addc(s, ']');
}

/* Which setting it was, what that allows and what there was. */
static void
problem_limit(struct wr_str *s, const struct wr_err *err)
{
    int id = wr_limit_of(err);

    if (id < 0)
        return;
    wr_str_printf(s,
                  ",\"limit\":{\"setting\":\"%s\",\"unit\":\"%s\","
                  "\"most\":%lld,\"actual\":%lld}",
                  wr_limit_setting((enum wr_limit)id),
                  wr_limit_unit((enum wr_limit)id), (long long)err->most,
                  (long long)err->met);
}

void
wr_request_problem(struct wr_request *rq, const struct wr_err *err)
{
    struct wr_str *s = &rq->raw;

    rq->status = wr_code_http(err->code);
    rq->raw_type = "application/problem+json";
    *s = (struct wr_str){ .arena = rq->arena };
    wr_str_addc(s, '{');
    text_member(s, "type",
                wr_arena_printf(rq->arena, "urn:weir:problem:%s",
                                wr_code_problem(err->code)));
    text_member(s, "title", wr_code_title(err->code));
    wr_str_printf(s, ",\"status\":%d", rq->status);
    text_member(s, "detail", err->text);
    text_member(s, "code", wr_code_problem(err->code));
    text_member(s, "traceId", rq->request_id);
    problem_limit(s, err);
    if (rq->errors.n || rq->findings)
        problem_errors(rq);
    wr_str_addc(s, '}');
    if (rq->status == 503 || rq->status == 429 || err->code == WR_EINFLIGHT)
        wr_request_header(rq, "Retry-After", "1");
}

bool
wr_request_is_type(const struct wr_request *rq, const char *type)
{
    size_t n = strlen(type);

    return strncasecmp(rq->content_type, type, n) == 0
           && (rq->content_type[n] == '\0' || rq->content_type[n] == ';'
               || rq->content_type[n] == ' ');
}

static int
authorise(struct wr_request *rq, struct wr_err *err)
{
    unsigned allowed = rq->route->roles;

    /* nginx routes nothing there; should it ever, there is nothing */
    if ((allowed & WR_INTERNAL) && rq->proxied)
        return wr_fail(err, WR_ENOTFOUND, "no resource '%s'", rq->route->path);
    if (allowed & (WR_ANYONE | WR_INTERNAL))
        return 0;
    if (!rq->who.user)
        return wr_fail(err, WR_EUNAUTHORIZED, "no access token");
    if (rq->who.roles & (allowed | WR_ADMIN))
        return 0;

    return wr_fail(err, WR_EFORBIDDEN, "'%s' may not call %s", rq->who.user,
                   rq->route->id);
}

static int
decode_body(struct wr_request *rq, const void **in, struct wr_err *err)
{
    const struct wr_route *r = rq->route;
    const struct wr_value *json;
    void *out;

    if ((r->flags & WR_ROUTE_RAW_IN)
        || (!r->in && !(r->flags & WR_ROUTE_VALUE_IN)))
        return 0;
    if (rq->body_len == 0 && (r->flags & WR_ROUTE_OPTIONAL_BODY)) {
        json = wr_value_context(rq->arena, NULL, 0);
    } else {
        if (rq->content_type[0] && !wr_request_is_type(rq, "application/json"))
            return wr_fail(err, WR_EMEDIATYPE,
                           "expected application/json, not '%s'",
                           rq->content_type);
        if (wr_json_parse(rq->arena, rq->body, rq->body_len, &json, err) < 0)
            return wr_wrap(err, "body");
    }
    if (r->flags & WR_ROUTE_VALUE_IN) {
        if (json->type != WR_V_CONTEXT)
            return wr_fail(err, WR_EINVALID, "body must be an object");
        *in = json;
        return wr_json_untype(rq->arena, json, &json, err) < 0
                   ? (int)err->code
                   : (*in = json, 0);
    }
    out = wr_arena_alloc(rq->arena, r->in->size);
    *in = out;

    return wr_field_decode(r->in, json, out, &rq->errors, err);
}

static int
decode_query(struct wr_request *rq, const char *query, struct wr_err *err)
{
    const struct wr_object *o = rq->route->query;
    void *out;

    if (!o) {
        if (query[0])
            return wr_fail(err, WR_EINVALID, "%s takes no parameters",
                           rq->route->id);
        return 0;
    }
    out = wr_arena_alloc(rq->arena, o->size);
    rq->query = out;

    return wr_field_decode_query(o, query, out, &rq->errors, err);
}

static void
encode_answer(struct wr_request *rq, const void *out)
{
    const struct wr_route *r = rq->route;

    if (!rq->status)
        rq->status = r->status;
    if ((r->flags & WR_ROUTE_RAW_OUT) || rq->raw_type)
        return;
    rq->raw = (struct wr_str){ .arena = rq->arena };
    if (r->flags & WR_ROUTE_VALUE_OUT) {
        rq->raw_type = "application/json";
        wr_json_write(&rq->raw, *(const struct wr_value *const *)out,
                      rq->json_flags);
    } else if (r->out) {
        rq->raw_type = "application/json";
        wr_field_encode(&rq->raw, r->out, out, rq->json_flags);
    }
}

/* What arrives outside of a body and is stored or shown again is text, too. */
static int
check_text(const struct wr_request *rq, const char *path, struct wr_err *err)
{
    const struct {
        const char *what, *text;
    } texts[] = {
        { "the address", path },
        { "Content-Type", rq->content_type },
        { "Origin", rq->header_origin },
        { "If-Match", rq->header_if_match },
        { "Idempotency-Key", rq->idempotency_key },
    };

    for (size_t k = 0; k < WR_COUNT(texts); k++) {
        const char *text = texts[k].text;

        if (text && wr_utf8_valid(text, strlen(text)) != strlen(text))
            return wr_fail(err, WR_EINVALID, "%s is not UTF-8", texts[k].what);
    }
    if (rq->idempotency_key
        && strlen(rq->idempotency_key) > IDEMPOTENCY_KEY_MAX)
        return wr_fail(err, WR_EINVALID,
                       "Idempotency-Key is longer than %d bytes",
                       IDEMPOTENCY_KEY_MAX);

    return 0;
}

/* "17", "\"17\"" or W/"17"; * and none at all are -1. */
static int
read_if_match(struct wr_request *rq, struct wr_err *err)
{
    const char *text = rq->header_if_match;
    bool quoted;
    char *end;
    long long rev;

    rq->if_match = -1;
    if (!text || !text[0] || strcmp(text, "*") == 0)
        return 0;
    if (strncmp(text, "W/\"", 3) == 0)
        text += 2;
    quoted = text[0] == '"';
    text += quoted;
    errno = 0;
    rev = strtoll(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno
        || strcmp(end, quoted ? "\"" : "") != 0)
        return wr_fail(err, WR_EINVALID,
                       "If-Match: %.80s is no revision; expected one of an "
                       "ETag, or *",
                       rq->header_if_match);
    rq->if_match = rev;

    return 0;
}

/* The handler's answer; at second sight that of a request that was parked. */
static int
act(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_err late = { 0 };
    int rc;

    if (rq->park_resume)
        return wr_park_resume(rq, out, err);
    rc = wr_idempotency(rq, out, err);
    if (rc != 0)
        return rc;
    if (rq->idempotency_key)
        WEIR_CRASH("request-read"); /* C1 */
    rc = rq->route->handler(rq, in, out, err);
    if (rq->idempotency_key)
        WEIR_CRASH("answer-before"); /* C5 */
    /* its twin was faster: answer as the twin did */
    if (rc < 0 && wr_code_http(err->code) < 500
        && wr_idempotency(rq, out, &late) == 1)
        rc = 0;

    return rc;
}

static int
run(struct wr_request *rq, const char *method, const char *path,
    const char *query, struct wr_err *err)
{
    const struct wr_route *r;
    const void *in = NULL;
    const struct wr_value *value = &wr_null;
    void *out;

    if (check_text(rq, path, err) < 0 || read_if_match(rq, err) < 0
        || wr_route_match(rq, method, path, err) < 0)
        return (int)err->code;
    r = rq->route;
    if (authorise(rq, err) < 0 || decode_query(rq, query, err) < 0
        || decode_body(rq, &in, err) < 0 || wr_park_prefer(rq, err) < 0)
        return (int)err->code;

    out = r->flags & WR_ROUTE_VALUE_OUT
              ? (void *)&value
              : (r->out ? wr_arena_alloc(rq->arena, r->out->size) : NULL);
    if (act(rq, in, out, err) < 0)
        return (int)err->code;
    wr_park_instance(rq, out);
    if (wr_arena_over(rq->arena))
        return wr_fail(err, WR_ELIMIT, "the request used too much memory");
    if (!rq->park.n)
        encode_answer(rq, out);

    return 0;
}

void
wr_request_run(struct wr_request *rq, const char *method, const char *path,
               const char *query)
{
    struct wr_err err = { 0 };

    rq->errors.arena = rq->arena;
    rq->raw.arena = rq->arena;
    if (run(rq, method, path, query, &err) < 0)
        wr_request_problem(rq, &err);
}

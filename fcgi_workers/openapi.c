#include "fcgi_workers/openapi.h"

#include <ctype.h>
#include <string.h>

#include "engine/base/json.h"

static const char *const types[] = {
    [WR_STRING] = "\"type\": \"string\"",
    [WR_INT] = "\"type\": \"integer\", \"format\": \"int64\"",
    [WR_BOOL] = "\"type\": \"boolean\"",
    [WR_TIME] = "\"type\": \"string\", \"format\": \"date-time\"",
    [WR_UUID] = "\"type\": \"string\", \"format\": \"uuid\"",
    [WR_STRINGS] = "\"type\": \"array\", \"items\": { \"type\": \"string\" }",
    [WR_JSON] = NULL,
    [WR_OBJECT] = NULL,
    [WR_OBJECTS] = NULL,
};

static const char *const nullable_types[] = {
    [WR_STRING] = "\"type\": [\"string\", \"null\"]",
    [WR_INT] = "\"type\": [\"integer\", \"null\"], \"format\": \"int64\"",
    [WR_TIME] = "\"type\": [\"string\", \"null\"], \"format\": \"date-time\"",
    [WR_UUID] = "\"type\": [\"string\", \"null\"], \"format\": \"uuid\"",
};

static void
text(struct wr_str *out, const char *s)
{
    wr_json_write_string(out, s, strlen(s));
}

static void
allowed_values(struct wr_str *out, const char *allowed)
{
    const char *sep = "";

    wr_str_add(out, ", \"enum\": [");
    for (const char *p = allowed; *p;) {
        size_t n = strcspn(p, "|");

        wr_str_add(out, sep);
        wr_json_write_string(out, p, n);
        sep = ", ";
        p += n + (p[n] == '|');
    }
    wr_str_addc(out, ']');
}

static void
field_type(struct wr_str *out, const struct wr_field *f)
{
    if (f->type == WR_OBJECT) {
        wr_str_printf(out, "\"$ref\": \"#/components/schemas/%s\"",
                      f->object->name);
    } else if (f->type == WR_OBJECTS) {
        wr_str_printf(out,
                      "\"type\": \"array\", \"items\": { \"$ref\": "
                      "\"#/components/schemas/%s\" }",
                      f->object->name);
    } else if (f->type == WR_JSON) {
        if (f->flags & WR_VARIABLES)
            wr_str_add(out, "\"type\": \"object\", "
                            "\"additionalProperties\": true");
    } else {
        bool null = (f->flags & WR_NULLABLE)
                    && (size_t)f->type < WR_COUNT(nullable_types)
                    && nullable_types[f->type];

        wr_str_add(out, null ? nullable_types[f->type] : types[f->type]);
    }
    if (f->allowed)
        allowed_values(out, f->allowed);
}

static bool
always_there(const struct wr_field *f)
{
    if (f->flags & (WR_REQUIRED | WR_NULLABLE))
        return true;

    return f->flags & WR_READONLY && !(f->flags & WR_OPTIONAL);
}

static void
schema(struct wr_str *out, const struct wr_object *o)
{
    const char *sep = "";

    wr_str_printf(out,
                  "      \"%s\": {\n        \"type\": \"object\",\n"
                  "        \"properties\": {",
                  o->name);
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct wr_field *f = &o->fields[i];
        struct wr_str type = { .arena = out->arena };

        field_type(&type, f);
        wr_str_printf(out, "%s\n          \"%s\": { %s%s\"description\": ", sep,
                      f->name, wr_str_text(&type), type.len ? ", " : "");
        text(out, f->doc);
        wr_str_add(out, " }");
        sep = ",";
    }
    wr_str_add(out, "\n        },\n        \"required\": [");
    sep = "";
    for (size_t i = 0; i < o->n_fields; i++) {
        if (always_there(&o->fields[i])) {
            wr_str_printf(out, "%s\"%s\"", sep, o->fields[i].name);
            sep = ", ";
        }
    }
    wr_str_add(out, "]\n      }");
}

static void
parameter(struct wr_str *out, const char **sep, const char *name,
          const char *in, const struct wr_field *f)
{
    wr_str_printf(out, "%s\n          { \"name\": \"%s\", \"in\": \"%s\"", *sep,
                  name, in);
    if (f) {
        wr_str_add(out, ", \"schema\": { ");
        field_type(out, f);
        wr_str_add(out, " }, \"description\": ");
        text(out, f->doc);
    } else {
        wr_str_add(out, ", \"required\": true, \"schema\": "
                        "{ \"type\": \"string\" }");
    }
    wr_str_add(out, " }");
    *sep = ",";
}

static void
header(struct wr_str *out, const char **sep, const char *name, const char *doc)
{
    wr_str_printf(out,
                  "%s\n          { \"name\": \"%s\", \"in\": \"header\", "
                  "\"schema\": { \"type\": \"string\" }, "
                  "\"description\": \"%s\" }",
                  *sep, name, doc);
    *sep = ",";
}

static void
parameters(struct wr_str *out, const struct wr_route *r)
{
    const char *sep = "";

    wr_str_add(out, "        \"parameters\": [");
    for (const char *p = strchr(r->path, '{'); p; p = strchr(p + 1, '{')) {
        const char *name = wr_arena_strndup(out->arena, p + 1,
                                            strcspn(p + 1, "}"));

        parameter(out, &sep, name, "path", NULL);
    }
    for (size_t i = 0; r->query && i < r->query->n_fields; i++)
        parameter(out, &sep, r->query->fields[i].name, "query",
                  &r->query->fields[i]);
    if (r->flags & WR_ROUTE_IDEMPOTENT)
        header(out, &sep, "Idempotency-Key",
               "Replays the stored answer for 24 hours.");
    if (r->flags & WR_ROUTE_IF_MATCH)
        header(out, &sep, "If-Match",
               "Only at this revision (the ETag), else 412.");
    if (r->flags & WR_ROUTE_WAIT)
        header(out, &sep, "Prefer",
               "wait=N: answer when there are jobs, or when the instance has "
               "ended or waits for something other than jobs, or after N "
               "seconds. Preference-Applied says what holds.");
    wr_str_add(out, "\n        ],\n");
}

static void
content(struct wr_str *out, const struct wr_object *o, unsigned any)
{
    if (o)
        wr_str_printf(out,
                      "\"content\": { \"application/json\": { \"schema\": { "
                      "\"$ref\": \"#/components/schemas/%s\" } } }",
                      o->name);
    else if (any)
        wr_str_add(out, "\"content\": { \"application/json\": { \"schema\": { "
                        "\"type\": \"object\", \"additionalProperties\": true "
                        "} } }");
    else
        wr_str_add(out, "\"content\": { \"*/*\": { \"schema\": { \"type\": "
                        "\"string\" } } }");
}

static void
role_names(struct wr_str *out, unsigned roles)
{
    static const struct {
        const char *name;
        unsigned role;
    } names[] = { { "viewer", WR_VIEWER },
                  { "participant", WR_PARTICIPANT },
                  { "operator", WR_OPERATOR },
                  { "designer", WR_DESIGNER } };
    const char *sep = "";

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (roles & names[i].role) {
            wr_str_printf(out, "%s\"%s\"", sep, names[i].name);
            sep = ", ";
        }
    }
    if (!(roles & WR_ANYONE))
        wr_str_printf(out, "%s\"admin\"", sep);
}

static void
response(struct wr_str *out, const struct wr_route *r, int status,
         const char *what)
{
    wr_str_printf(out, "          \"%d\": { \"description\": ", status);
    text(out, what);
    if (status != 204) {
        wr_str_add(out, ", ");
        content(out, r->out, r->flags & WR_ROUTE_VALUE_OUT);
    }
    wr_str_add(out, " },\n");
}

static void
operation(struct wr_str *out, const struct wr_route *r, const char *tag)
{
    char method[8] = { 0 };

    for (size_t i = 0; i < sizeof(method) - 1 && r->method[i]; i++)
        method[i] = (char)tolower((unsigned char)r->method[i]);
    wr_str_printf(out,
                  "      \"%s\": {\n        \"operationId\": \"%s\",\n"
                  "        \"tags\": [\"%s\"],\n        \"summary\": ",
                  method, r->id, tag);
    text(out, r->summary);
    wr_str_add(out, ",\n        \"x-roles\": [");
    role_names(out, r->roles);
    wr_str_add(out, "],\n");
    if (r->flags & WR_ROUTE_FOLDED)
        wr_str_add(out, "        \"x-projection\": true,\n");
    if (r->roles & WR_ANYONE)
        wr_str_add(out, "        \"security\": [],\n");
    parameters(out, r);
    if (r->in || (r->flags & (WR_ROUTE_VALUE_IN | WR_ROUTE_RAW_IN))) {
        wr_str_printf(out, "        \"requestBody\": { \"required\": %s, ",
                      r->flags & WR_ROUTE_OPTIONAL_BODY ? "false" : "true");
        content(out, r->in, r->flags & WR_ROUTE_VALUE_IN);
        wr_str_add(out, " },\n");
    }
    wr_str_add(out, "        \"responses\": {\n");
    if (r->flags & WR_ROUTE_UNCHANGED)
        response(out, r, 200, "Nothing changed: what there was.");
    response(out, r, r->status, r->summary);
    wr_str_add(out, "          \"default\": { \"$ref\": "
                    "\"#/components/responses/Problem\" }\n        }\n"
                    "      }");
}

static bool
is_public(const struct wr_route *r)
{
    return !(r->roles & WR_INTERNAL);
}

/* Rows of one path stand together in OpenAPI: print a path at its first row. */
static bool
first_of_path(const struct wr_route_table *t, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(t->routes[j].path, t->routes[i].path) == 0)
            return false;
    }

    return true;
}

static void
paths(struct wr_str *out)
{
    const char *sep = "";

    for (size_t k = 0; k < wr_n_route_tables; k++) {
        const struct wr_route_table *t = wr_route_tables[k];

        for (size_t i = 0; i < t->n; i++) {
            const char *inner = "";

            if (!is_public(&t->routes[i]) || !first_of_path(t, i))
                continue;
            wr_str_printf(out, "%s\n    \"%s\": {\n", sep, t->routes[i].path);
            for (size_t j = i; j < t->n; j++) {
                if (strcmp(t->routes[j].path, t->routes[i].path) != 0)
                    continue;
                wr_str_add(out, inner);
                operation(out, &t->routes[j], t->tag);
                inner = ",\n";
            }
            wr_str_add(out, "\n    }");
            sep = ",";
        }
    }
}

struct seen {
    const struct wr_object *items[256];
    size_t n;
};

static void
schemas_of(struct wr_str *out, const struct wr_object *o, struct seen *seen)
{
    if (!o)
        return;
    for (size_t i = 0; i < seen->n; i++) {
        if (seen->items[i] == o)
            return;
    }
    if (seen->n == WR_COUNT(seen->items))
        return;
    seen->items[seen->n++] = o;
    wr_str_add(out, seen->n > 1 ? ",\n" : "\n");
    schema(out, o);
    for (size_t i = 0; i < o->n_fields; i++)
        schemas_of(out, o->fields[i].object, seen);
}

static const char problem_schema[] =
    ",\n      \"Problem\": {\n        \"type\": \"object\",\n"
    "        \"properties\": {\n"
    "          \"type\": { \"type\": \"string\" },\n"
    "          \"title\": { \"type\": \"string\" },\n"
    "          \"status\": { \"type\": \"integer\" },\n"
    "          \"detail\": { \"type\": \"string\" },\n"
    "          \"traceId\": { \"type\": \"string\" },\n"
    "          \"limit\": { \"type\": \"object\", \"description\": \"Which "
    "setting allows less, and what there was.\", \"properties\": { "
    "\"setting\": { \"type\": \"string\" }, \"unit\": { \"type\": "
    "\"string\" }, \"most\": { \"type\": \"integer\" }, \"actual\": { "
    "\"type\": \"integer\" } }, \"required\": [\"setting\", \"unit\", "
    "\"most\", \"actual\"] },\n"
    "          \"errors\": { \"type\": \"array\", \"items\": { \"type\": "
    "\"object\", \"additionalProperties\": true } },\n"
    "          \"code\": { \"type\": \"string\", \"enum\": [";

static void
problem(struct wr_str *out)
{
    const char *sep = "";

    wr_str_add(out, problem_schema);
#define WR_ERROR(code, http, problem, retry, title) \
    wr_str_printf(out, "%s\"%s\"", sep, problem);   \
    sep = ", ";
#include "engine/base/errors.def"
#undef WR_ERROR
    wr_str_add(out, "] }\n        },\n        \"required\": [\"type\", "
                    "\"title\", \"status\", \"detail\", \"code\", "
                    "\"traceId\"]\n      }\n    },\n");
    (void)sep;
}

void
wr_openapi_json(struct wr_str *out)
{
    struct seen seen = { 0 };

    wr_str_add(out, "{\n  \"openapi\": \"3.1.0\",\n  \"info\": { \"title\": "
                    "\"Weir\", \"version\": \"1\", \"license\": { \"name\": "
                    "\"MIT\", \"identifier\": \"MIT\" } },\n"
                    "  \"security\": [{ \"bearer\": [] }],\n  \"paths\": {");
    paths(out);
    wr_str_add(out, "\n  },\n  \"components\": {\n    \"schemas\": {");
    for (size_t k = 0; k < wr_n_route_tables; k++) {
        const struct wr_route_table *t = wr_route_tables[k];

        for (size_t i = 0; i < t->n; i++) {
            if (!is_public(&t->routes[i]))
                continue;
            schemas_of(out, t->routes[i].in, &seen);
            schemas_of(out, t->routes[i].out, &seen);
        }
    }
    problem(out);
    wr_str_add(out,
               "    \"responses\": { \"Problem\": { \"description\": \"The "
               "call failed.\", \"content\": { \"application/problem+json\": "
               "{ \"schema\": { \"$ref\": \"#/components/schemas/Problem\" } "
               "} } } },\n    \"securitySchemes\": { \"bearer\": { \"type\": "
               "\"http\", \"scheme\": \"bearer\", \"bearerFormat\": \"JWT\" "
               "} }\n  }\n}\n");
}

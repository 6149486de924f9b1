/* openapi_page.c: the API reference for people, from the same tables. */

#include <string.h>

#include "fcgi_workers/openapi.h"

static void
escaped(struct wr_str *out, const char *s)
{
    for (; *s; s++) {
        switch (*s) {
        case '<':
            wr_str_add(out, "&lt;");
            break;
        case '>':
            wr_str_add(out, "&gt;");
            break;
        case '&':
            wr_str_add(out, "&amp;");
            break;
        default:
            wr_str_addc(out, *s);
        }
    }
}

static const char *
type_name(const struct wr_field *f)
{
    switch (f->type) {
    case WR_STRING:
        return "string";
    case WR_INT:
        return "integer";
    case WR_BOOL:
        return "boolean";
    case WR_TIME:
        return "date-time";
    case WR_UUID:
        return "id";
    case WR_JSON:
        return f->flags & WR_VARIABLES ? "object" : "any JSON";
    case WR_OBJECT:
        return f->object->name;
    case WR_OBJECTS:
        return "list of objects";
    case WR_STRINGS:
        return "list of strings";
    }

    return "";
}

static void
fields(struct wr_str *out, const char *title, const struct wr_object *o)
{
    if (!o)
        return;
    wr_str_printf(out, "<h4>%s: %s</h4><table>", title, o->name);
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct wr_field *f = &o->fields[i];

        wr_str_printf(
            out, "<tr><td><code>%s</code>%s</td><td>%s</td><td>", f->name,
            (f->flags & WR_REQUIRED) ? " <b>required</b>" : "", type_name(f));
        escaped(out, f->doc);
        if (f->allowed) {
            wr_str_add(out, " <i>");
            escaped(out, f->allowed);
            wr_str_add(out, "</i>");
        }
        wr_str_add(out, "</td></tr>");
    }
    wr_str_add(out, "</table>");
}

static void
operation(struct wr_str *out, const struct wr_route *r)
{
    wr_str_printf(out, "<section id=\"%s\"><h3><code>%s %s</code></h3><p>",
                  r->id, r->method, r->path);
    escaped(out, r->summary);
    wr_str_add(out, "</p>");
    fields(out, "Parameters", r->query);
    fields(out, "Body", r->in);
    fields(out, "Answer", r->out);
    wr_str_add(out, "</section>");
}

void
wr_openapi_page(struct wr_str *out)
{
    wr_str_add(out,
               "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<title>Weir API</title><style>body{font:15px/1.5 sans-serif;"
               "max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;"
               "background:#fff}table{border-collapse:collapse;width:100%}"
               "td{border-top:1px solid #d0d7de;padding:.25rem .5rem;"
               "vertical-align:top}h2{margin-top:3rem}h3{margin-top:2rem}"
               "@media(prefers-color-scheme:dark){body{color:#e6edf3;"
               "background:#0d1117}a{color:#79b8ff}td{border-color:#30363d}}"
               "</style></head><body><h1>Weir API</h1><p>The machine-readable "
               "form is <a href=\"/api/v1/openapi.json\">openapi.json</a>. "
               "Errors are problem documents (RFC 9457) with a stable "
               "<code>code</code>.</p>");
    for (size_t k = 0; k < wr_n_route_tables; k++) {
        const struct wr_route_table *t = wr_route_tables[k];

        if (t->n == 0 || (t->routes[0].roles & WR_INTERNAL))
            continue;
        wr_str_printf(out, "<h2>%s</h2>", t->tag);
        for (size_t i = 0; i < t->n; i++)
            operation(out, &t->routes[i]);
    }
    wr_str_add(out, "</body></html>\n");
}

#include "fcgi_workers/field.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

void
wr_field_wrong(struct wr_field_errors *e, const char *pointer, const char *code,
               const char *detail)
{
    if (e->n < WR_COUNT(e->items)) {
        e->items[e->n] = (struct wr_field_error){
            .pointer = pointer,
            .code = code,
            .detail = detail,
        };
    }
    e->n++;
}

static void *
member(void *out, const struct wr_field *f)
{
    return (char *)out + f->offset;
}

static const void *
member_const(const void *in, const struct wr_field *f)
{
    return (const char *)in + f->offset;
}

static void
set_absent(const struct wr_object *o, void *out)
{
    memset(out, 0, o->size);
    for (size_t i = 0; i < o->n_fields; i++) {
        if (o->fields[i].type == WR_INT)
            *(int64_t *)member(out, &o->fields[i]) = WR_INT_ABSENT;
    }
}

static bool
is_allowed(const char *allowed, const char *s)
{
    size_t len = strlen(s);

    if (strchr(s, '|'))
        return false;
    for (const char *p = allowed; p; p = strchr(p, '|')) {
        if (*p == '|')
            p++;
        if (strncmp(p, s, len) == 0 && (p[len] == '|' || p[len] == '\0'))
            return true;
    }

    return false;
}

const char *
wr_field_place(struct wr_arena *a, const char *at, const char *key)
{
    struct wr_str s = { .arena = a };

    wr_str_add(&s, at);
    wr_str_addc(&s, '/');
    for (; *key; key++) {
        if (*key == '~' || *key == '/')
            wr_str_add(&s, *key == '~' ? "~0" : "~1");
        else
            wr_str_addc(&s, *key);
    }

    return wr_str_text(&s);
}

static void decode_object(const struct wr_object *o,
                          const struct wr_value *json, const char *at,
                          void *out, struct wr_field_errors *e);

static void
decode_strings(const struct wr_value *v, const char *at, struct wr_strings *out,
               struct wr_field_errors *e)
{
    const char **items;

    if (v->type != WR_V_LIST) {
        wr_field_wrong(e, at, "type", "must be a list of strings");
        return;
    }
    items = wr_newn(e->arena, const char *, v->list.n);
    for (size_t i = 0; i < v->list.n; i++) {
        if (v->list.items[i]->type != WR_V_STRING) {
            wr_field_wrong(e, wr_arena_printf(e->arena, "%s/%zu", at, i),
                           "type", "must be a string");
            return;
        }
        items[i] = v->list.items[i]->string.s;
    }
    *out = (struct wr_strings){ .items = items, .n = v->list.n };
}

static void
decode_objects(const struct wr_field *f, const struct wr_value *v,
               const char *at, struct wr_objects *out,
               struct wr_field_errors *e)
{
    char *items;

    if (v->type != WR_V_LIST) {
        wr_field_wrong(e, at, "type", "must be a list of objects");
        return;
    }
    items = wr_arena_allocn(e->arena, v->list.n, f->object->size);
    for (size_t i = 0; i < v->list.n; i++)
        decode_object(f->object, v->list.items[i],
                      wr_arena_printf(e->arena, "%s/%zu", at, i),
                      items + i * f->object->size, e);
    *out = (struct wr_objects){ .items = items, .n = v->list.n };
}

static void
decode_string(const struct wr_field *f, const struct wr_value *v,
              const char *at, const char **out, struct wr_field_errors *e)
{
    if (v->type != WR_V_STRING) {
        wr_field_wrong(e, at, "type", "must be a string");
    } else if (f->allowed && !is_allowed(f->allowed, v->string.s)) {
        wr_field_wrong(
            e, at, "value",
            wr_arena_printf(e->arena, "must be one of %s", f->allowed));
    } else {
        *out = v->string.s;
    }
}

static void
decode_time(const struct wr_value *v, const char *at, int64_t *out,
            struct wr_field_errors *e)
{
    struct wr_err err = { 0 };

    if (v->type != WR_V_STRING
        || wr_instant_parse(v->string.s, v->string.len, out, &err) < 0)
        wr_field_wrong(e, at, "type", "must be an RFC 3339 date-time");
}

static void
decode_uuid(const struct wr_value *v, const char *at, struct wr_uuid *out,
            struct wr_field_errors *e)
{
    struct wr_err err = { 0 };

    if (v->type != WR_V_STRING
        || wr_uuid_parse(v->string.s, v->string.len, out, &err) < 0)
        wr_field_wrong(e, at, "type", "must be an id");
}

static void
decode_json(const struct wr_field *f, const struct wr_value *v, const char *at,
            const struct wr_value **out, struct wr_field_errors *e)
{
    struct wr_err err = { 0 };

    if ((f->flags & WR_VARIABLES) && v->type != WR_V_CONTEXT)
        wr_field_wrong(e, at, "type", "must be an object of names and values");
    else if (wr_json_untype(e->arena, v, out, &err) < 0)
        wr_field_wrong(e, at, "value", wr_arena_strdup(e->arena, err.text));
}

static void
decode_field(const struct wr_field *f, const struct wr_value *v, const char *at,
             void *out, struct wr_field_errors *e)
{
    switch (f->type) {
    case WR_STRING:
        decode_string(f, v, at, out, e);
        break;
    case WR_INT:
        if (v->type != WR_V_NUMBER || !wr_decimal_to_int(v->number, out))
            wr_field_wrong(e, at, "type", "must be an integer");
        break;
    case WR_BOOL:
        if (v->type != WR_V_BOOL)
            wr_field_wrong(e, at, "type", "must be true or false");
        else
            *(bool *)out = v->boolean;
        break;
    case WR_TIME:
        decode_time(v, at, out, e);
        break;
    case WR_UUID:
        decode_uuid(v, at, out, e);
        break;
    case WR_JSON:
        decode_json(f, v, at, out, e);
        break;
    case WR_OBJECT: {
        void *inner = wr_arena_alloc(e->arena, f->object->size);

        decode_object(f->object, v, at, inner, e);
        *(const void **)out = inner;
        break;
    }
    case WR_OBJECTS:
        decode_objects(f, v, at, out, e);
        break;
    case WR_STRINGS:
        decode_strings(v, at, out, e);
        break;
    }
}

static const struct wr_field *
field_named(const struct wr_object *o, const char *name)
{
    for (size_t i = 0; i < o->n_fields; i++) {
        if (strcmp(o->fields[i].name, name) == 0
            && !(o->fields[i].flags & WR_READONLY))
            return &o->fields[i];
    }

    return NULL;
}

static void
decode_object(const struct wr_object *o, const struct wr_value *json,
              const char *at, void *out, struct wr_field_errors *e)
{
    set_absent(o, out);
    if (json->type != WR_V_CONTEXT) {
        wr_field_wrong(e, at, "type", "must be an object");
        return;
    }
    for (size_t i = 0; i < json->context.n; i++) {
        const struct wr_entry *x = &json->context.entries[i];
        const struct wr_field *f = field_named(o, x->key);
        const char *here = wr_field_place(e->arena, at, x->key);

        if (!f)
            wr_field_wrong(e, here, "unknown", "no such field");
        else if (x->value->type != WR_V_NULL || f->type == WR_JSON)
            decode_field(f, x->value, here, member(out, f), e);
    }
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct wr_field *f = &o->fields[i];
        const struct wr_value *v = wr_value_get(json, f->name);

        if ((f->flags & WR_REQUIRED) && !(f->flags & WR_READONLY)
            && (!v || (v->type == WR_V_NULL && f->type != WR_JSON)))
            wr_field_wrong(e, wr_arena_printf(e->arena, "%s/%s", at, f->name),
                           "required", "is required");
    }
}

int
wr_field_decode(const struct wr_object *o, const struct wr_value *json,
                void *out, struct wr_field_errors *errors, struct wr_err *err)
{
    decode_object(o, json, "", out, errors);
    if (errors->n == 0)
        return 0;

    return wr_fail(err, WR_EINVALID, "%s: %s",
                   errors->items[0].pointer[0] ? errors->items[0].pointer
                                               : "body",
                   errors->items[0].detail);
}

/* Percent-decode in place of a copy; NULL when it is not valid. */
static char *
unescape(struct wr_arena *a, const char *s, size_t n)
{
    char *out = wr_arena_alloc(a, n + 1), *o = out;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == '%') {
            char hex[3] = { 0 };
            long c;

            if (i + 2 >= n || !isxdigit((unsigned char)s[i + 1])
                || !isxdigit((unsigned char)s[i + 2]))
                return NULL;
            memcpy(hex, s + i + 1, 2);
            c = strtol(hex, NULL, 16);
            if (c == 0)
                return NULL;
            *o++ = (char)c;
            i += 2;
        } else {
            *o++ = s[i] == '+' ? ' ' : s[i];
        }
    }
    if (wr_utf8_valid(out, (size_t)(o - out)) != (size_t)(o - out))
        return NULL;

    return out;
}

static const struct wr_value *
query_value(struct wr_arena *a, const struct wr_field *f, const char *text)
{
    struct wr_decimal d;
    struct wr_err err = { 0 };

    switch (f->type) {
    case WR_INT:
        if (wr_decimal_parse(text, strlen(text), &d, &err) == 0)
            return wr_value_number(a, d);
        break;
    case WR_BOOL:
        if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
            return wr_value_bool(text[0] == 't');
        break;
    case WR_STRING:
    case WR_TIME:
    case WR_UUID:
    case WR_JSON:
    case WR_OBJECT:
    case WR_OBJECTS:
    case WR_STRINGS:
        break;
    }

    return wr_value_string(a, text);
}

static void
decode_parameter(const struct wr_object *o, const char *s, size_t n, void *out,
                 struct wr_field_errors *e)
{
    const char *eq = memchr(s, '=', n);
    size_t n_name = eq ? (size_t)(eq - s) : n;
    char *name = unescape(e->arena, s, n_name);
    char *value = eq ? unescape(e->arena, eq + 1, n - n_name - 1) : NULL;
    const struct wr_field *f = name ? field_named(o, name) : NULL;

    if (!f || !name)
        wr_field_wrong(e, name ? name : "query", "unknown",
                       "no such parameter");
    else if (!value)
        wr_field_wrong(e, name, "value", "is not percent-encoded UTF-8");
    else
        decode_field(f, query_value(e->arena, f, value), name, member(out, f),
                     e);
}

int
wr_field_decode_query(const struct wr_object *o, const char *query, void *out,
                      struct wr_field_errors *errors, struct wr_err *err)
{
    set_absent(o, out);
    while (*query) {
        size_t n = strcspn(query, "&");

        if (n)
            decode_parameter(o, query, n, out, errors);
        query += n + (query[n] == '&');
    }
    if (errors->n == 0)
        return 0;

    return wr_fail(err, WR_EINVALID, "parameter '%s': %s",
                   errors->items[0].pointer, errors->items[0].detail);
}

static bool
is_absent(const struct wr_field *f, const void *p)
{
    switch (f->type) {
    case WR_STRING:
        return *(const char *const *)p == NULL;
    case WR_INT:
        return *(const int64_t *)p == WR_INT_ABSENT;
    case WR_TIME:
        return *(const int64_t *)p == 0;
    case WR_UUID:
        return wr_uuid_is_zero(p);
    case WR_JSON:
    case WR_OBJECT:
        return *(const void *const *)p == NULL;
    case WR_STRINGS:
        return (f->flags & WR_OPTIONAL)
               && ((const struct wr_strings *)p)->n == 0;
    case WR_BOOL:
    case WR_OBJECTS:
        break;
    }

    return false;
}

static void
encode_objects(struct wr_str *out, const struct wr_field *f,
               const struct wr_objects *list, unsigned flags)
{
    const char *item = list->items;

    wr_str_addc(out, '[');
    for (size_t i = 0; i < list->n; i++, item += f->object->size) {
        if (i)
            wr_str_addc(out, ',');
        wr_field_encode(out, f->object, item, flags);
    }
    wr_str_addc(out, ']');
}

static void
encode_strings(struct wr_str *out, const struct wr_strings *list)
{
    wr_str_addc(out, '[');
    for (size_t i = 0; i < list->n; i++) {
        if (i)
            wr_str_addc(out, ',');
        wr_json_write_string(out, list->items[i], strlen(list->items[i]));
    }
    wr_str_addc(out, ']');
}

static void
encode_field(struct wr_str *out, const struct wr_field *f, const void *p,
             unsigned flags)
{
    char text[WR_INSTANT_TEXT]; /* the longer one of instant and id */

    if (is_absent(f, p)) {
        wr_str_add(out, "null");
        return;
    }
    switch (f->type) {
    case WR_STRING:
        wr_json_write_string(out, *(const char *const *)p,
                             strlen(*(const char *const *)p));
        break;
    case WR_INT:
        wr_str_printf(out, "%lld", (long long)*(const int64_t *)p);
        break;
    case WR_BOOL:
        wr_str_add(out, *(const bool *)p ? "true" : "false");
        break;
    case WR_TIME:
        wr_instant_text(*(const int64_t *)p, text);
        wr_str_printf(out, "\"%s\"", text);
        break;
    case WR_UUID:
        wr_uuid_text(p, text);
        wr_str_printf(out, "\"%s\"", text);
        break;
    case WR_JSON:
        wr_json_write(out, *(const struct wr_value *const *)p, flags);
        break;
    case WR_OBJECT:
        wr_field_encode(out, f->object, *(const void *const *)p, flags);
        break;
    case WR_OBJECTS:
        encode_objects(out, f, p, flags);
        break;
    case WR_STRINGS:
        encode_strings(out, p);
        break;
    }
}

void
wr_field_encode(struct wr_str *out, const struct wr_object *o, const void *in,
                unsigned json_flags)
{
    const char *sep = "";

    wr_str_addc(out, '{');
    for (size_t i = 0; i < o->n_fields; i++) {
        const struct wr_field *f = &o->fields[i];
        const void *p = member_const(in, f);

        if (is_absent(f, p) && !(f->flags & WR_NULLABLE))
            continue;
        wr_str_printf(out, "%s\"%s\":", sep, f->name);
        encode_field(out, f, p, json_flags);
        sep = ",";
    }
    wr_str_addc(out, '}');
}

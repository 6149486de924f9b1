#include <string.h>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

/* More digits than this do not survive a reader that keeps numbers in binary
 * doubles; typed output protects them. */
enum {
    DOUBLE_DIGITS = 15
};

struct writer {
    struct wr_str *out;
    unsigned flags;
    int depth;
};

static void write_value(struct writer *w, const struct wr_value *v);

static void
write_escape(struct wr_str *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
    const char *at = memchr(from, c, sizeof(from) - 1);

    if (at) {
        wr_str_addc(out, '\\');
        wr_str_addc(out, into[at - from]);
    } else {
        wr_str_printf(out, "\\u%04x", c);
    }
}

void
wr_json_write_string(struct wr_str *out, const char *s, size_t len)
{
    const char *end = s + len, *start = s;

    wr_str_addc(out, '"');
    for (; s < end; s++) {
        unsigned char c = (unsigned char)*s;

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        wr_str_addn(out, start, (size_t)(s - start));
        write_escape(out, c);
        start = s + 1;
    }
    wr_str_addn(out, start, (size_t)(s - start));
    wr_str_addc(out, '"');
}

static void
newline(struct writer *w)
{
    if (!(w->flags & WR_JSON_PRETTY))
        return;
    wr_str_addc(w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        wr_str_add(w->out, "  ");
}

static void
write_name(struct writer *w, const char *name)
{
    wr_json_write_string(w->out, name, strlen(name));
    wr_str_add(w->out, w->flags & WR_JSON_PRETTY ? ": " : ":");
}

/* What JSON has no type for: text alone, or wrapped when typed. */
static void
write_typed(struct writer *w, const char *type, const char *text, size_t len)
{
    if (!(w->flags & WR_JSON_TYPED)) {
        wr_json_write_string(w->out, text, len);
        return;
    }
    wr_str_printf(w->out, "{\"$type\":\"%s\",\"value\":", type);
    wr_json_write_string(w->out, text, len);
    wr_str_addc(w->out, '}');
}

static int
significant(const char *text, size_t len)
{
    int n = 0;

    for (size_t i = 0; i < len && text[i] != 'E'; i++)
        n += text[i] >= '0' && text[i] <= '9' && (n > 0 || text[i] != '0');

    return n;
}

static void
write_number(struct writer *w, struct wr_decimal d)
{
    char text[WR_DECIMAL_TEXT];
    size_t len = wr_decimal_text(d, text);

    if (!wr_decimal_is_finite(d))
        wr_str_add(w->out, "null");
    else if (w->flags & WR_JSON_TYPED && significant(text, len) > DOUBLE_DIGITS)
        write_typed(w, "decimal", text, len);
    else
        wr_str_addn(w->out, text, len);
}

static void
write_temporal(struct writer *w, const char *type, const struct wr_value *v)
{
    char first[64];
    struct wr_str text = { .arena = w->out->arena,
                           .s = first,
                           .cap = sizeof(first) };

    wr_temporal_text(&text, v);
    write_typed(w, type, text.s, text.len);
}

static void
write_bytes(struct writer *w, const struct wr_value *v)
{
    struct wr_str text = { .arena = w->out->arena };

    wr_base64_put(&text, v->string.s, v->string.len);
    write_typed(w, "bytes", wr_str_text(&text), text.len);
}

static void
write_list(struct writer *w, const struct wr_value *v)
{
    wr_str_addc(w->out, '[');
    w->depth++;
    for (size_t i = 0; i < v->list.n; i++) {
        if (i > 0)
            wr_str_addc(w->out, ',');
        newline(w);
        write_value(w, v->list.items[i]);
    }
    w->depth--;
    if (v->list.n > 0)
        newline(w);
    wr_str_addc(w->out, ']');
}

static void
write_members(struct writer *w, const struct wr_value *v)
{
    wr_str_addc(w->out, '{');
    w->depth++;
    for (size_t i = 0; i < v->context.n; i++) {
        if (i > 0)
            wr_str_addc(w->out, ',');
        newline(w);
        write_name(w, v->context.entries[i].key);
        write_value(w, v->context.entries[i].value);
    }
    w->depth--;
    if (v->context.n > 0)
        newline(w);
    wr_str_addc(w->out, '}');
}

/* A user's own member "$type" must not be taken for ours. */
static void
write_context(struct writer *w, const struct wr_value *v)
{
    bool wrap = w->flags & WR_JSON_TYPED && wr_value_get(v, "$type");

    if (wrap)
        wr_str_add(w->out, "{\"$type\":\"context\",\"value\":");
    write_members(w, v);
    if (wrap)
        wr_str_addc(w->out, '}');
}

static void
write_value(struct writer *w, const struct wr_value *v)
{
    switch (v->type) {
    case WR_V_NULL:
        wr_str_add(w->out, "null");
        break;
    case WR_V_BOOL:
        wr_str_add(w->out, v->boolean ? "true" : "false");
        break;
    case WR_V_NUMBER:
        write_number(w, v->number);
        break;
    case WR_V_STRING:
        wr_json_write_string(w->out, v->string.s, v->string.len);
        break;
    case WR_V_DATE:
        write_temporal(w, "date", v);
        break;
    case WR_V_TIME:
        write_temporal(w, "time", v);
        break;
    case WR_V_DATETIME:
        write_temporal(w, "datetime", v);
        break;
    case WR_V_DURATION_YM:
    case WR_V_DURATION_DT:
        write_temporal(w, "duration", v);
        break;
    case WR_V_BYTES:
        write_bytes(w, v);
        break;
    case WR_V_LIST:
        write_list(w, v);
        break;
    case WR_V_CONTEXT:
        write_context(w, v);
        break;
    case WR_V_RANGE:
    case WR_V_FUNCTION:
        write_typed(w, wr_value_type_name(v->type), wr_value_type_name(v->type),
                    strlen(wr_value_type_name(v->type)));
        break;
    }
}

void
wr_json_write(struct wr_str *out, const struct wr_value *v, unsigned flags)
{
    struct writer w = { .out = out, .flags = flags };

    write_value(&w, v);
}

/* notify_text: what a notification says, for programs and for people. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/base64.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/exec/incident.h"
#include "fcgi_workers/notify.h"

/* ---- JSON ---- */

static void
member(struct wr_str *out, const char *name, const char *text)
{
    wr_str_printf(out, ",\"%s\":", name);
    wr_json_write_string(out, text, strlen(text));
}

static void
instant(struct wr_str *out, const char *name, int64_t at)
{
    char text[WR_INSTANT_TEXT];

    wr_instant_text(at, text);
    wr_str_printf(out, ",\"%s\":\"%s\"", name, text);
}

static void
put_notice(struct wr_str *out, const struct wr_notice *n)
{
    char id[WR_UUID_TEXT], instance[WR_UUID_TEXT];

    wr_uuid_text(&n->id, id);
    wr_uuid_text(&n->instance, instance);
    wr_str_printf(out, "{\"id\":\"%s\",\"instance\":\"%s\"", id, instance);
    if (n->business_key)
        member(out, "businessKey", n->business_key);
    wr_str_addc(out, '}');
}

static void
put_group(struct wr_str *out, const struct wr_notice_group *g)
{
    const struct wr_incident_kind *k = wr_incident_kind(g->type);
    char id[WR_UUID_TEXT];

    wr_uuid_text(&g->definition, id);
    wr_str_printf(out, "{\"count\":%d,\"definition\":{\"id\":\"%s\"", g->count,
                  id);
    member(out, "key", g->key);
    wr_str_printf(out, ",\"version\":%d}", (int)g->version);
    member(out, "element", g->element);
    member(out, "type", g->type);
    member(out, "message", g->message);
    if (k) {
        member(out, "cause", k->cause);
        member(out, "nextAction", k->action);
    }
    instant(out, "firstAt", g->first);
    instant(out, "lastAt", g->last);
    wr_str_add(out, ",\"incidents\":[");
    for (int i = 0; i < g->count && i < WR_NOTICE_SHOWN; i++) {
        if (i)
            wr_str_addc(out, ',');
        put_notice(out, &g->shown[i]);
    }
    wr_str_add(out, "]}");
}

void
wr_notify_json(struct wr_str *out, const struct wr_notice_group *groups,
               size_t n, int64_t now, bool test)
{
    wr_str_printf(out, "{\"event\":\"%s\"", test ? "test" : "incidents");
    instant(out, "at", now);
    wr_str_add(out, ",\"groups\":[");
    for (size_t i = 0; i < n; i++) {
        if (i)
            wr_str_addc(out, ',');
        put_group(out, &groups[i]);
    }
    wr_str_add(out, "]}");
}

/* ---- mail ---- */

/* A header's value: what does not fit into one line of ASCII is encoded, in
 * words of at most 45 bytes that end between characters (RFC 2047). */
static void
header(struct wr_str *out, const char *name, const char *text)
{
    bool plain = true;

    wr_str_printf(out, "%s: ", name);
    for (const char *s = text; *s; s++)
        plain &= *s >= ' ' && *s < 0x7F;
    if (plain && strlen(text) <= 900) {
        wr_str_printf(out, "%s\r\n", text);
        return;
    }
    while (*text) {
        size_t n = strlen(text) < 45 ? strlen(text) : 45;

        while (n > 1 && ((unsigned char)text[n] & 0xC0) == 0x80)
            n--;
        wr_str_add(out, "=?UTF-8?B?");
        wr_base64_put(out, text, n);
        text += n;
        wr_str_add(out, *text ? "?=\r\n " : "?=\r\n");
    }
    if (out->len && out->s[out->len - 1] != '\n')
        wr_str_add(out, "\r\n");
}

static void
put_date(struct wr_str *out, int64_t now)
{
    time_t t = (time_t)(now / 1000);
    char text[64];
    struct tm tm;

    gmtime_r(&t, &tm);
    strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm);
    wr_str_printf(out, "Date: %s\r\n", text);
}

static void
put_subject(struct wr_str *out, const struct wr_notice_group *groups, size_t n,
            bool test)
{
    struct wr_str s = { .arena = out->arena };
    long count = 0;

    for (size_t i = 0; i < n; i++)
        count += groups[i].count;
    if (test)
        wr_str_add(&s, "[Weir] a test");
    else
        wr_str_printf(&s, "[Weir] %ld incident%s: %s, %s%s", count,
                      count == 1 ? "" : "s", groups[0].key, groups[0].element,
                      n > 1 ? " and others" : "");
    header(out, "Subject", wr_str_text(&s));
}

static void
put_lines(struct wr_str *out, const struct wr_notice_group *g)
{
    const struct wr_incident_kind *k = wr_incident_kind(g->type);
    char id[WR_UUID_TEXT], first[WR_INSTANT_TEXT], last[WR_INSTANT_TEXT];

    wr_instant_text(g->first, first);
    wr_instant_text(g->last, last);
    wr_str_printf(out,
                  "%d x %s at '%s' of %s, version %d, from %s to %s\n"
                  "  %s\n",
                  g->count, g->type, g->element, g->key, (int)g->version, first,
                  last, g->message);
    if (k)
        wr_str_printf(out, "  %s\n  %s\n", k->cause, k->action);
    for (int i = 0; i < g->count && i < WR_NOTICE_SHOWN; i++) {
        const struct wr_notice *one = &g->shown[i];

        wr_uuid_text(&one->instance, id);
        wr_str_printf(out, "  instance %s%s%s\n", id,
                      one->business_key ? " " : "",
                      one->business_key ? one->business_key : "");
    }
    if (g->count > WR_NOTICE_SHOWN)
        wr_str_printf(out, "  and %d more\n", g->count - WR_NOTICE_SHOWN);
    wr_str_addc(out, '\n');
}

/* In lines of 76, so that neither their length nor a dot means anything. */
static void
put_body(struct wr_str *out, const struct wr_str *text)
{
    const size_t line = 57;

    for (size_t i = 0; i < text->len; i += line) {
        size_t n = text->len - i < line ? text->len - i : line;

        wr_base64_put(out, text->s + i, n);
        wr_str_add(out, "\r\n");
    }
}

void
wr_notify_mail(struct wr_str *out, const struct wr_config *c,
               const struct wr_notice_group *groups, size_t n, int64_t now,
               bool test)
{
    struct wr_str text = { .arena = out->arena };
    struct wr_uuid id = wr_uuid_new(now, 0);
    char message[WR_UUID_TEXT];

    wr_uuid_text(&id, message);
    put_date(out, now);
    header(out, "From", wr_config_text(c, WR_SET_NOTIFY_FROM));
    header(out, "To", wr_config_text(c, WR_SET_NOTIFY_TO));
    put_subject(out, groups, n, test);
    wr_str_printf(out,
                  "Message-ID: <%s@weir>\r\n"
                  "Auto-Submitted: auto-generated\r\n"
                  "MIME-Version: 1.0\r\n"
                  "Content-Type: text/plain; charset=utf-8\r\n"
                  "Content-Transfer-Encoding: base64\r\n\r\n",
                  message);
    if (test)
        wr_str_add(&text, "A notification for trying out.\n");
    for (size_t i = 0; i < n; i++)
        put_lines(&text, &groups[i]);
    put_body(out, &text);
}

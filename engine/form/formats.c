/* formats.c: the values of "format" in a JSON Schema. */

#include <string.h>

#include "engine/base/time.h"
#include "engine/form/schema.h"

static bool
duration(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *out;
    struct wr_err ignored;

    return wr_duration_parse(a, v->string.s, v->string.len, &out, &ignored)
           == 0;
}

static bool
uuid(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(a, v,
                           "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}"
                           "-[0-9A-Fa-f]{12}$")
           == 1;
}

static bool
uri(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(a, v, "^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|^`]+$")
           == 1;
}

static bool
ipv4(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(
               a, v,
               "^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(\\.|$)){4}$")
               == 1
           && v->string.s[v->string.len - 1] != '.';
}

static bool
hostname(struct wr_arena *a, const struct wr_value *v)
{
    return v->string.len <= 253
           && wr_form_matches(a, v,
                              "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
                              "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}"
                              "[A-Za-z0-9])?)*$")
                  == 1;
}

static bool
regex(struct wr_arena *a, const struct wr_value *v)
{
    return wr_form_matches(a, wr_value_string(a, ""), v->string.s) >= 0;
}

static const struct {
    const char *name;
    bool (*fits)(struct wr_arena *a, const struct wr_value *v);
} formats[] = {
    { "date", wr_form_is_date },
    { "time", wr_form_is_time },
    { "date-time", wr_form_is_datetime },
    { "duration", duration },
    { "email", wr_form_is_email },
    { "uuid", uuid },
    { "uri", uri },
    { "ipv4", ipv4 },
    { "hostname", hostname },
    { "regex", regex },
};

bool
wr_schema_knows_format(const char *name)
{
    for (size_t i = 0; i < WR_COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return true;

    return false;
}

bool
wr_schema_fits_format(struct wr_arena *a, const char *name,
                      const struct wr_value *text)
{
    for (size_t i = 0; i < WR_COUNT(formats); i++)
        if (strcmp(formats[i].name, name) == 0)
            return formats[i].fits(a, text);

    return true;
}

#include "engine/base/retry.h"

#include <string.h>

#include "engine/base/time.h"

enum {
    USUAL_TRIES = 3,
    FACTOR_MOST = 100,
};

/* No pause that is multiplied lasts longer. */
#define PAUSE_MOST (INT64_C(366) * 86400000)

static const struct wr_retry at_once = { .tries = USUAL_TRIES, .factor = 1 };

static bool
number(const char **s, int64_t most, int64_t *out)
{
    const char *begin = *s;
    int64_t n = 0;

    for (; **s >= '0' && **s <= '9'; ++*s) {
        n = 10 * n + (**s - '0');
        if (n > most)
            return false;
    }
    *out = n;

    return *s > begin;
}

static bool
is_duration(const char *s, size_t len)
{
    struct wr_err err;
    int64_t at;

    return len > 0 && s[0] == 'P'
           && wr_instant_add_duration(0, s, len, &at, &err) == 0 && at >= 0;
}

static bool
cap(const char **s, struct wr_retry *r)
{
    size_t len = strcspn(*s + 1, "~");
    struct wr_err err;

    if (!is_duration(*s + 1, len)
        || wr_instant_add_duration(0, *s + 1, len, &r->cap, &err) < 0
        || r->cap == 0)
        return false;
    *s += 1 + len;

    return true;
}

/* Behind "R5". */
static bool
pauses(const char *s, struct wr_retry *r)
{
    int64_t n;

    if (*s == '\0')
        return true;
    if (*s++ != '/')
        return false;
    r->pause = s;
    r->len = strcspn(s, "*<~");
    if (!is_duration(s, r->len))
        return false;
    s += r->len;
    if (*s == '*') {
        s++;
        if (!number(&s, FACTOR_MOST, &r->factor) || r->factor < 1)
            return false;
    }
    if (*s == '<' && !cap(&s, r))
        return false;
    if (*s == '~') {
        s++;
        if (!number(&s, 100, &n) || *s++ != '%')
            return false;
        r->percent = (int32_t)n;
    }

    return *s == '\0';
}

static bool
list(const char *s, struct wr_retry *r)
{
    r->listed = true;
    r->pause = s;
    r->len = strlen(s);
    for (;;) {
        size_t len = strcspn(s, ",");

        if (!is_duration(s, len) || ++r->tries > WR_RETRY_MOST)
            return false;
        if (!s[len])
            return true;
        s += len + 1;
    }
}

int
wr_retry_parse(const char *text, struct wr_retry *out, struct wr_err *err)
{
    const char *s = text;
    int64_t n = 1;
    bool good;

    *out = (struct wr_retry){ .tries = 1, .factor = 1 };
    if (*s == 'R') {
        s++;
        good = number(&s, WR_RETRY_MOST, &n) && n > 0 && pauses(s, out);
        out->tries = (int32_t)n;
    } else {
        good = list(s, out);
    }
    if (!good)
        return wr_fail(err, WR_EVALUE,
                       "'%.100s' is no rule for tries such as R3, R5/PT10S,"
                       " R5/PT10S*2<PT5M~50%% or PT1M,PT10M",
                       text);

    return 0;
}

/* The pause behind failure `n`, as written. */
static const char *
pause_of(const struct wr_retry *r, int32_t n, size_t *len)
{
    const char *s = r->pause;

    *len = r->len;
    if (!r->listed)
        return s;
    *len = strcspn(s, ",");
    while (--n > 0 && s[*len]) {
        s += *len + 1;
        *len = strcspn(s, ",");
    }

    return s;
}

static int64_t
multiplied(const struct wr_retry *r, int32_t n, int64_t pause)
{
    for (int32_t k = 1; k < n && r->factor > 1 && pause < PAUSE_MOST; k++)
        pause *= r->factor;
    if (r->factor > 1 && pause > PAUSE_MOST)
        pause = PAUSE_MOST;

    return r->cap && pause > r->cap ? r->cap : pause;
}

static int64_t
shaken(const struct wr_retry *r, int64_t pause, uint64_t dice)
{
    int64_t most = pause / 100 * r->percent;

    if (most <= 0)
        return pause;
    for (int k = 0; k < 3; k++) { /* xorshift64 */
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
    }

    return pause - most + (int64_t)(dice % (2 * (uint64_t)most + 1));
}

int64_t
wr_retry_at(const struct wr_retry *r, int32_t n, int64_t now, uint64_t dice)
{
    struct wr_err err;
    const char *pause;
    int64_t at;
    size_t len;

    if (!r->pause)
        return now;
    pause = pause_of(r, n, &len);
    if (wr_instant_add_duration(now, pause, len, &at, &err) < 0)
        return now;
    at = now + multiplied(r, n, at - now);

    return now + shaken(r, at - now, dice | 1);
}

/* ---- by type ---- */

static size_t
count(const char *s)
{
    size_t n = 1;

    for (; *s; s++)
        n += *s == ';';

    return n;
}

static char *
trimmed(struct wr_arena *a, const char *s, size_t len)
{
    while (len && (*s == ' ' || *s == '\t')) {
        s++;
        len--;
    }
    while (len && (s[len - 1] == ' ' || s[len - 1] == '\t'))
        len--;

    return wr_arena_strndup(a, s, len);
}

static int
rule(struct wr_arena *a, const char *s, size_t len, struct wr_retry_rule *out,
     struct wr_err *err)
{
    const char *colon = NULL;

    for (size_t i = 0; i < len; i++) /* the last one: types may have some */
        colon = s[i] == ':' ? s + i : colon;
    if (!colon)
        return wr_fail(err, WR_EVALUE, "'%.100s' is no 'type: rule'",
                       trimmed(a, s, len));
    out->type = trimmed(a, s, (size_t)(colon - s));
    if (!out->type[0])
        return wr_fail(err, WR_EVALUE, "a rule for tries without a job type");

    return wr_retry_parse(trimmed(a, colon + 1, (size_t)(s + len - colon - 1)),
                          &out->retry, err);
}

int
wr_retry_rules(struct wr_arena *a, const char *usual, const char *by_type,
               struct wr_retry_rules *out, struct wr_err *err)
{
    struct wr_retry_rule *rules = wr_newn(a, struct wr_retry_rule,
                                          count(by_type));

    *out = (struct wr_retry_rules){ .rules = rules };
    if (wr_retry_parse(wr_arena_strdup(a, usual), &out->usual, err) < 0)
        return (int)err->code;
    for (const char *s = by_type; *s;) {
        size_t len = strcspn(s, ";");

        if (strspn(s, " \t") < len
            && rule(a, s, len, &rules[out->n++], err) < 0)
            return (int)err->code;
        s += len + (s[len] == ';');
    }

    return 0;
}

const struct wr_retry *
wr_retry_of(const struct wr_retry_rules *rules, const char *type)
{
    for (size_t i = 0; rules && i < rules->n; i++)
        if (strcmp(rules->rules[i].type, type) == 0)
            return &rules->rules[i].retry;

    return rules ? &rules->usual : &at_once;
}

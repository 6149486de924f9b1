#include "engine/base/time.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MS = 1000,
    DAY_S = 86400
};

/* --- Clock ----------------------------------------------------------------- */

static int64_t
read_ms(clockid_t id)
{
    struct timespec ts;

    clock_gettime(id, &ts);

    return (int64_t)ts.tv_sec * MS + ts.tv_nsec / 1000000;
}

/* Wall time of the monotonic clock's zero, taken once: later steps of the wall
 * clock come in through wr_clock_sync() only. */
static int64_t zero;

static void
take_zero(void)
{
    zero = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
}

static int64_t
local_ms(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, take_zero);

    return zero + read_ms(CLOCK_BOOTTIME);
}

int64_t
wr_clock_now(const struct wr_clock *c)
{
    if (c->is_virtual)
        return __atomic_load_n(&c->now, __ATOMIC_RELAXED);

    return local_ms() + __atomic_load_n(&c->offset, __ATOMIC_RELAXED);
}

void
wr_clock_sync(struct wr_clock *c, int64_t now)
{
    if (c->is_virtual)
        __atomic_store_n(&c->now, now, __ATOMIC_RELAXED);
    else
        __atomic_store_n(&c->offset, now - local_ms(), __ATOMIC_RELAXED);
}

/* --- Calendar -------------------------------------------------------------- */

/* Days of whole eras of 400 years, years counted from March, so that the leap
 * day is the last of its year. */
int64_t
wr_days_from_civil(int64_t y, int m, int d)
{
    int64_t era, year, day;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    year = y - era * 400;
    day = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;

    return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

void
wr_civil_from_days(int64_t days, int64_t *y, int *m, int *d)
{
    int64_t era, rest, year, day, month;

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    rest = days - era * 146097;
    year = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    day = rest - (365 * year + year / 4 - year / 100);
    month = (5 * day + 2) / 153;
    *d = (int)(day - (153 * month + 2) / 5 + 1);
    *m = (int)(month < 10 ? month + 3 : month - 9);
    *y = year + era * 400 + (*m <= 2);
}

int
wr_month_days(int64_t y, int m)
{
    static const int8_t days[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);

    return m == 2 && leap ? 29 : days[m - 1];
}

static int64_t
floor_div(int64_t n, int64_t by)
{
    return n / by - (n % by < 0);
}

static int
floor_mod(int64_t n, int by)
{
    int rest = (int)(n % by);

    return rest < 0 ? rest + by : rest;
}

/* --- Instants -------------------------------------------------------------- */

void
wr_instant_text(int64_t ms, char out[WR_INSTANT_TEXT])
{
    int64_t s = floor_div(ms, MS), days = floor_div(s, DAY_S), y;
    int left = floor_mod(s, DAY_S), m, d;

    wr_civil_from_days(days, &y, &m, &d);
    snprintf(out, WR_INSTANT_TEXT, "%s%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
             y < 0 ? "-" : "", (unsigned)(y < 0 ? -y : y), m % 100u, d % 100u,
             left / 3600 % 100u, left / 60 % 60u, left % 60u,
             (unsigned)floor_mod(ms, MS) % 1000);
}

bool
wr_datetime_instant(const struct wr_value *v, int64_t *ms)
{
    const struct wr_temporal *t = &v->temporal;
    int64_t s;

    if (v->type != WR_V_DATETIME)
        return false;
    s = wr_days_from_civil(t->year, t->month, t->day) * DAY_S + t->hour * 3600
        + t->minute * 60 + t->second;
    if (t->offset != WR_NO_OFFSET)
        s -= t->offset;

    return !__builtin_mul_overflow(s, MS, ms)
           && !__builtin_add_overflow(*ms, t->nanos / 1000000, ms);
}

const struct wr_value *
wr_datetime_from_instant(struct wr_arena *a, int64_t ms)
{
    struct wr_value *v = wr_new(a, struct wr_value);
    int64_t s = floor_div(ms, MS), days = floor_div(s, DAY_S), y;
    int left = floor_mod(s, DAY_S), m, d;

    wr_civil_from_days(days, &y, &m, &d);
    v->type = WR_V_DATETIME;
    v->temporal = (struct wr_temporal){
        .year = (int32_t)y,
        .month = (int8_t)m,
        .day = (int8_t)d,
        .hour = (int8_t)(left / 3600),
        .minute = (int8_t)(left / 60 % 60),
        .second = (int8_t)(left % 60),
        .nanos = floor_mod(ms, MS) * 1000000,
        .offset = 0,
    };

    return v;
}

int
wr_instant_parse(const char *s, size_t len, int64_t *out, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(256);
    const struct wr_value *v;
    int64_t ms;

    if (wr_datetime_parse(a, s, len, &v, err) < 0)
        return err->code;
    if (v->temporal.offset == WR_NO_OFFSET || v->temporal.zone
        || v->temporal.year < 0 || v->temporal.year > 9999
        || !wr_datetime_instant(v, &ms))
        return wr_fail(err, WR_EVALUE,
                       "'%.*s' is not an instant like 2026-01-31T12:00:00Z",
                       (int)(len < 60 ? len : 60), s);
    *out = ms;

    return 0;
}

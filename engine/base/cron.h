/*
 * cron.h: cron expressions (SEMANTICS S17).
 *
 *     minute hour day month weekday                       Unix
 *     second minute hour day month weekday [year]         Spring, Quartz
 *     @yearly @annually @monthly @weekly @daily @midnight @hourly
 *
 * each with `CRON_TZ=zone` in front or without, which is UTC.
 *
 * A field is a list of `*`, values and ranges, each with an optional step; a
 * range may go over the end ("22-2", "FRI-MON").  Months and weekdays have
 * English names of three letters.  Days: `?` says nothing, `L` is the month's
 * last day, `L-3` three before it, `15W` the weekday (Monday to Friday) nearest
 * to the 15th within the month, `LW` the last one; weekdays: `5L` is the last
 * of the month, `5#2` the second.
 *
 * Weekdays as numbers: 0 and 7 are Sunday, as Unix and Spring have it; with
 * seven fields, or six with a `?`, 1 is Sunday and 7 Saturday, as in Quartz,
 * and `L` alone is Saturday.
 *
 * Day and weekday must both fit; of five fields one is enough when neither
 * begins with `*`.
 */

#ifndef WR_CRON_H
#define WR_CRON_H

#include "engine/base/err.h"

enum {
    WR_CRON_ZONE_MAX = 64,
    WR_CRON_YEAR_MIN = 1970,
    WR_CRON_YEAR_MAX = 2099,
    WR_CRON_YEARS = WR_CRON_YEAR_MAX - WR_CRON_YEAR_MIN + 1,
};

/* Sets of bits: bit n is the value n, but where something else is said. */
struct wr_cron {
    uint64_t seconds, minutes, hours, months;
    uint64_t days;
    uint64_t last;    /* bit n: n days before the month's last */
    uint64_t nearest; /* bit n: the weekday nearest to n; 0: to the last day */
    uint64_t weekdays;
    uint64_t nth[7]; /* of weekday, 0 is Sunday; bit n: the nth, 0: the last */
    bool years[WR_CRON_YEARS]; /* from WR_CRON_YEAR_MIN on */
    bool any_year;
    bool either;                 /* day or weekday is enough */
    char zone[WR_CRON_ZONE_MAX]; /* IANA, "": UTC */
};

/* WR_EVALUE with the place in `s` (len bytes) when it is none, names no zone or
 * a day that no calendar has. */
WR_MUST int wr_cron_parse(struct wr_cron *c, const char *s, size_t len,
                          struct wr_err *err);

/*
 * The first firing after an instant (ms), INT64_MAX: there is none.  A wall
 * time that the zone skips fires when the clock has gone forward, together with
 * others that it skips; one that comes twice fires the first time alone.
 * WR_EVALUE and WR_EIO as the zone has it.
 */
WR_MUST int wr_cron_next(const struct wr_cron *c, int64_t after, int64_t *next,
                         struct wr_err *err);

/* The first wall time after one, both in seconds since 1970-01-01T00:00:00 on
 * that wall; INT64_MAX: none within 400 years, after which the calendar is the
 * same again. */
int64_t wr_cron_next_wall(const struct wr_cron *c, int64_t after);

#endif

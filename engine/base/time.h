/*
 * time.h: instants, ISO 8601 text and calendar arithmetic.
 *
 * An instant is int64_t milliseconds since 1970-01-01T00:00:00Z.  Nothing here
 * reads a clock but struct wr_clock, which mains create and hand down.
 */

#ifndef WR_TIME_H
#define WR_TIME_H

#include "engine/base/err.h"
#include "engine/base/value.h"

/* One clock service a process: monotonic plus offset to the store's clock, or a
 * virtual one that moves only when told. */
struct wr_clock {
    bool is_virtual;
    int64_t now;    /* virtual time; ms */
    int64_t offset; /* real: added to the local clock; ms */
};
int64_t wr_clock_now(const struct wr_clock *c);
/* Let the clock say `now` from here on: real ones get their offset from the
 * store's clock this way, virtual ones move.  Any thread may call it. */
void wr_clock_sync(struct wr_clock *c, int64_t now);

/* "2026-01-01T00:00:00.000Z"; NUL-terminated. */
enum {
    WR_INSTANT_TEXT = 40
};
void wr_instant_text(int64_t ms, char out[WR_INSTANT_TEXT]);
/* RFC 3339 with offset or Z, years 0 to 9999, cut to milliseconds; WR_EVALUE
 * otherwise. */
WR_MUST int wr_instant_parse(const char *s, size_t len, int64_t *out,
                             struct wr_err *err);

/* Text of temporal values and durations, both ways (ISO 8601, FEEL literals:
 * years beyond 4 digits, "@Zone/Name", nanoseconds).  All fail with WR_EVALUE.
 * A zone gives the offset of that wall time (the earlier one where a clock is
 * set back); a time alone gets its zone's standard offset. */
WR_MUST int wr_date_parse(struct wr_arena *a, const char *s, size_t len,
                          const struct wr_value **out, struct wr_err *err);
WR_MUST int wr_time_parse(struct wr_arena *a, const char *s, size_t len,
                          const struct wr_value **out, struct wr_err *err);
WR_MUST int wr_datetime_parse(struct wr_arena *a, const char *s, size_t len,
                              const struct wr_value **out, struct wr_err *err);
/* DURATION_YM or DURATION_DT; mixed ones ("P1Y2D") are WR_EVALUE here. */
WR_MUST int wr_duration_parse(struct wr_arena *a, const char *s, size_t len,
                              const struct wr_value **out, struct wr_err *err);
void wr_temporal_text(struct wr_str *out, const struct wr_value *v);
void wr_duration_text(struct wr_str *out, const struct wr_value *v);
/* ".5", nothing for 0: a fraction of a second without trailing zeros. */
void wr_nanos_text(struct wr_str *out, int32_t nanos);

/* A date-time with offset (or UTC when local) as instant; false out of range.*/
bool wr_datetime_instant(const struct wr_value *v, int64_t *ms);
const struct wr_value *wr_datetime_from_instant(struct wr_arena *a, int64_t ms);

/* Its calendar part and the rest, both negative behind a minus. */
WR_MUST int wr_duration_span(const char *s, size_t len, int64_t *months,
                             int64_t *ms, struct wr_err *err);
/* An ISO 8601 duration with any mix of parts, as BPMN timers use it, added to
 * an instant by calendar arithmetic in UTC; WR_EVALUE when it does not parse. */
WR_MUST int wr_instant_add_duration(int64_t at, const char *s, size_t len,
                                    int64_t *out, struct wr_err *err);

/* So many months later: the same day, or that month's last; false: out of
 * range. */
bool wr_days_add_months(int64_t *days, int64_t months);
int64_t wr_days_from_civil(int64_t y, int m, int d);
void wr_civil_from_days(int64_t days, int64_t *y, int *m, int *d);
int wr_month_days(int64_t y, int m);

#endif

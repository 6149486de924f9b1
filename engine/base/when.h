/*
 * when.h: instants that walls tell: zones and calendar durations (SEMANTICS S17).
 *
 * A wall is what clocks show somewhere: milliseconds since
 * 1970-01-01T00:00:00 on that wall.  A zone is an IANA name; NULL and "" are
 * UTC.  A wall time that occurs twice means the first one; one that is skipped
 * is as much later as the clock goes forward.
 */

#ifndef WR_WHEN_H
#define WR_WHEN_H

#include "engine/base/time.h"

/* A duration: its months and days go by the calendar, the rest by the clock;
 * all negative behind a minus. */
struct wr_span {
    int64_t months, days, ms;
};

/* WR_EVALUE: no ISO 8601 duration. */
WR_MUST int wr_span_parse(const char *s, size_t len, struct wr_span *out,
                          struct wr_err *err);

/* WR_EVALUE: no such zone, or beyond the year 9999. */
WR_MUST int wr_wall_of(const char *zone, int64_t at, int64_t *wall,
                       struct wr_err *err);
WR_MUST int wr_wall_instant(const char *zone, int64_t wall, int64_t *at,
                            struct wr_err *err);
/* Is there a zone of that name? */
bool wr_zone_is(const char *zone);

/* The instant k spans after a wall time: the months of all together (the last
 * day of a month that is too short), then the days, read on the zone's wall,
 * then the rest.  WR_EVALUE out of range. */
WR_MUST int wr_wall_add(const char *zone, int64_t wall, const struct wr_span *s,
                        int64_t k, int64_t *at, struct wr_err *err);

/* One span after an instant. */
WR_MUST int wr_instant_add_span(const char *zone, int64_t at,
                                const struct wr_span *s, int64_t *out,
                                struct wr_err *err);

/* What a text tells. */
struct wr_when {
    int64_t at, wall;
    const char *zone; /* the one it names, in the arena; else as given */
};

/*
 * An ISO 8601 date (its midnight) or date and time.  Without an offset it is on
 * the wall of `zone`.  Behind it may stand "@Zone/Name", as in FEEL, or
 * "[Zone/Name]", as in Java, also behind an offset, which then says the instant.
 * WR_EVALUE when it is none.
 */
WR_MUST int wr_when_parse(struct wr_arena *a, const char *s, size_t len,
                          const char *zone, struct wr_when *out,
                          struct wr_err *err);

/* Of "[start/]period[/end]": the length of the start, whose zone may have a
 * slash of its own; 0: there is none. */
size_t wr_repetition_start(const char *s);

#endif

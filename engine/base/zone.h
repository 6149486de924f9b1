/*
 * zone.h: IANA time zones, from ICU's tables.
 *
 * Both functions give seconds east of UTC; a zone nobody knows is WR_EVALUE.
 */

#ifndef WR_ZONE_H
#define WR_ZONE_H

#include "engine/base/err.h"

/* At an instant (ms). */
WR_MUST int wr_zone_offset(const char *zone, int64_t ms, int32_t *out,
                           struct wr_err *err);

/*
 * At a wall time, given as seconds since 1970-01-01T00:00:00 on that wall.  A
 * wall time that occurs twice means the first one; one that is skipped is read
 * with the offset before the gap.
 */
WR_MUST int wr_zone_offset_local(const char *zone, int64_t wall_s, int32_t *out,
                                 struct wr_err *err);

/* The standard one, without daylight saving, as of 2000. */
WR_MUST int wr_zone_offset_standard(const char *zone, int32_t *out,
                                    struct wr_err *err);

#endif

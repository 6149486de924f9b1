/*
 * log.h: structured JSON lines on standard error, one object a line.
 *
 * Only mains and request boundaries log.  `ids` are name-value pairs ending with
 * NULL:  wr_log(WR_LOG_INFO, "deployed", "definition", key, NULL);
 *
 *     {"at":"2026-01-01T00:00:00.000Z","level":"info","program":"weir-worker",
 *      "pid":12,"message":"deployed","definition":"order"}
 *
 * A line is one write(2), safe from any thread.  A NULL value is "", bytes that
 * are not UTF-8 become U+FFFD.  The levels are in the order of the values of
 * setting log_level.
 */

#ifndef WR_LOG_H
#define WR_LOG_H

#include "engine/base/base.h"

enum wr_log_level {
    WR_LOG_DEBUG,
    WR_LOG_INFO,
    WR_LOG_WARN,
    WR_LOG_ERROR
};

/* Once, before threads: the program's name (kept, not copied) and the least
 * severe level. */
void wr_log_init(const char *program, enum wr_log_level least);
void wr_log(enum wr_log_level level, const char *message, ...)
    __attribute__((sentinel));

#endif

/*
 * log.h: structured JSON lines on standard error, one object a line.
 *
 * Only mains and request boundaries log.  `ids` are name-value pairs ending with
 * NULL:  wr_log(WR_LOG_INFO, "deployed", "definition", key, NULL);
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

/* Once, before threads: the program's name and the least severe level. */
void wr_log_init(const char *program, enum wr_log_level least);
void wr_log(enum wr_log_level level, const char *message, ...)
    __attribute__((sentinel));

#endif

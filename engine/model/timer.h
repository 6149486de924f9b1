/*
 * timer.h: private to engine/model: checks of texts that tell a time.
 *
 * They read with the functions that run later, so that what is deployed can
 * run; instants are computed when the timer is armed.
 */

#ifndef WR_TIMER_H
#define WR_TIMER_H

#include "engine/model/build.h"

/* ISO 8601: date, or date and time with or without offset. */
bool wr_timer_is_date(const char *s);
/* P1Y2M3DT4H5M6.7S, P2W. */
bool wr_timer_is_duration(const char *s);
/* Rn/duration, Rn/start/duration, Rn/duration/end, R/..., cron. */
bool wr_timer_is_cycle(const char *s);
/* Reports what does not fit, at `at`. */
void wr_timer_check(struct wr_build *b, enum wr_timer_kind kind,
                    const char *text, const struct wr_xml *at);
/* What stands in timeDate, timeDuration or timeCycle.  In Python's style a text
 * in quotes is that text; a time may stand there without them. */
struct wr_attr wr_build_timer_text(struct wr_build *b, const struct wr_xml *at);
/* pythmata:timerEventConfig in the event or its definition. */
void wr_build_pythmata_timer(struct wr_build *b, struct wr_event_def *def,
                             const struct wr_xml *e, const struct wr_xml *d);
/* The timerEventDefinition `d` of `e`, which reports what is wrong: event.c. */
void wr_build_timer(struct wr_build *b, struct wr_event_def *def,
                    const struct wr_xml *e, const struct wr_xml *d);

/* In which zone the timers of `e` are read and what becomes of firings that are
 * missed: properties `timeZone` and `misfire` of the element, else of the
 * process, else as the options have it (timing.c). */
struct wr_timing wr_build_timing(struct wr_build *b, const struct wr_xml *e);

/* What flowable says of the timer of `e` beyond BPMN: the end of a repetition,
 * written at `at` (NULL: nowhere), and a calendar, which may be its own kind's
 * alone.  Says so where a repetition has no effect. */
void wr_build_timer_more(struct wr_build *b, struct wr_event_def *def,
                         const struct wr_xml *e, const struct wr_xml *d,
                         const struct wr_xml *at);

#endif

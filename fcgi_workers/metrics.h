/*
 * metrics.h: what the slots count, for Prometheus.
 *
 * A scrape reaches any one slot.  That one asks the others over their sockets
 * and prints every family once, with a sample a slot: slot="0", slot="1".
 */

#ifndef WR_METRICS_H
#define WR_METRICS_H

#include "fcgi_workers/route.h"

/* GET /metrics: all slots. */
wr_route_fn wr_metrics;
/* POST /internal/metrics: the samples of this slot, without descriptions. */
wr_route_fn wr_slot_metrics;

#endif

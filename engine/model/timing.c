/* timing.c: the zone of timers, and firings that are missed (SEMANTICS S17). */

#include <string.h>

#include "engine/base/when.h"
#include "engine/model/timer.h"

static const char *
property(struct wr_build *b, const struct wr_xml *e, const char *name,
         const struct wr_xml **at)
{
    const char *text = wr_build_property(e, name);

    *at = e;
    if (!text && e != b->process) {
        text = wr_build_property(b->process, name);
        *at = b->process;
    }

    return text ? wr_xml_trim(b->arena, text) : NULL;
}

/* What the process says is reported there, once. */
static void
wrong(struct wr_build *b, const struct wr_xml *e, const struct wr_xml *at,
      const char *text, const char *name, const char *wanted)
{
    if (e == at)
        wr_build_found(b, WR_F_BAD_TIMER, at, "%s '%.60s' is no %s", name, text,
                       wanted);
}

static void
misfire(struct wr_build *b, const struct wr_xml *e, struct wr_timing *t)
{
    static const char *const names[] = {
        [WR_MISFIRE_ONCE] = "once",
        [WR_MISFIRE_ALL] = "all",
        [WR_MISFIRE_SKIP] = "skip",
    };
    const struct wr_xml *at;
    const char *text = property(b, e, "misfire", &at);

    for (size_t i = 0; text && i < WR_COUNT(names); i++) {
        if (strcmp(text, names[i]) == 0) {
            t->misfire = (enum wr_misfire)i;
            return;
        }
    }
    if (text)
        wrong(b, e, at, text, "misfire", "policy: once, all or skip");
}

struct wr_timing
wr_build_timing(struct wr_build *b, const struct wr_xml *e)
{
    struct wr_timing t = b->options->timing;
    const struct wr_xml *at;
    const char *zone = property(b, e, "timeZone", &at);

    if (t.misfire_after <= 0)
        t.misfire_after = WR_MISFIRE_AFTER_MS;
    if (t.misfire_max <= 0)
        t.misfire_max = WR_MISFIRE_MAX;
    misfire(b, e, &t);
    if (zone && !wr_zone_is(zone)) {
        wrong(b, e, at, zone, "timeZone", "time zone such as Europe/Berlin");
        zone = NULL;
    }
    if (zone)
        t.zone = zone;
    if (t.zone && (!*t.zone || strcmp(t.zone, "UTC") == 0))
        t.zone = NULL;

    return t;
}

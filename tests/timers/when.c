/*
 * weir-when: what instants texts tell; tests/suites/55-timer-zones asks it.
 *
 *     ZONE TEXT PERIOD K   per line of stdin, separated by blanks
 *     START DUE WALL       per line of stdout: the text's instant, the one K
 *                          periods later and what clocks show there then; ms
 */
#include "engine/base/when.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int
answer(struct wr_arena *a, char *line, struct wr_err *err)
{
    char *rest = line;
    const char *zone = strsep(&rest, " "), *text = strsep(&rest, " "),
               *period = strsep(&rest, " ");
    struct wr_when start;
    struct wr_span span;
    int64_t k, due, wall;

    if (!rest || sscanf(rest, "%" SCNd64, &k) != 1)
        return wr_fail(err, WR_EINVALID, "no question");
    if (wr_when_parse(a, text, strlen(text), zone, &start, err) < 0
        || wr_span_parse(period, strlen(period), &span, err) < 0
        || wr_wall_add(start.zone, start.wall, &span, k, &due, err) < 0
        || wr_wall_of(start.zone, due, &wall, err) < 0)
        return err->code;
    printf("%" PRId64 " %" PRId64 " %" PRId64 "\n", start.at, due, wall);

    return 0;
}

int
main(void)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_err err = { 0 };
    char line[256];

    while (fgets(line, sizeof(line), stdin)) {
        if (answer(a, line, &err) < 0) {
            fprintf(stderr, "weir-when: %s: %s\n", line, err.text);
            return 1;
        }
        wr_arena_reset(a);
    }

    return 0;
}

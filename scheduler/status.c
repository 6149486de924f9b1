#include "scheduler/status.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/json.h"

enum {
    EVERY_MS = 1000
};

static const char *
path_of(struct wr_arena *a, const struct wr_status *s, long pid)
{
    return wr_arena_printf(a, "%s/run/scheduler-%ld.json", s->home, pid);
}

static int
is_status(const struct dirent *e)
{
    return strncmp(e->d_name, "scheduler-", 10) == 0;
}

/* Of those that were killed. */
static void
remove_dead(const struct wr_status *s, struct wr_arena *a)
{
    struct dirent **list = NULL;
    int n = scandir(wr_arena_printf(a, "%s/run", s->home), &list, is_status,
                    alphasort);

    for (int i = 0; i < n; i++) {
        char *end;
        long pid = strtol(list[i]->d_name + 10, &end, 10);

        if (pid > 0 && strcmp(end, ".json") == 0 && kill((pid_t)pid, 0) < 0
            && errno == ESRCH)
            unlink(path_of(a, s, pid));
        free(list[i]);
    }
    free(list);
}

static void
add_servers(struct wr_str *out, const struct wr_status *s)
{
    struct wr_link_view views[WR_SERVER_LINKS];
    int n = wr_servers_look(s->servers, views);

    for (int i = 0; i < n; i++) {
        const struct wr_link_view *v = &views[i];

        wr_str_printf(out,
                      "%s{\"name\":\"%s\",\"state\":\"%s\",\"since\":%lld,"
                      "\"detail\":",
                      i ? "," : "", v->name, wr_link_word(v->state),
                      (long long)v->since);
        wr_json_write_string(out, v->cause, strlen(v->cause));
        wr_str_addc(out, '}');
    }
}

static void
server_samples(struct wr_str *out, const struct wr_status *s)
{
    struct wr_link_view views[WR_SERVER_LINKS];
    int n = wr_servers_look(s->servers, views);

    for (int i = 0; i < n; i++) {
        const struct wr_link_view *v = &views[i];
        const struct {
            const char *name;
            long value;
        } counts[] = {
            { "up", v->state == WR_LINK_READY },
            { "connects_total", v->connects },
            { "losses_total", v->losses },
        };

        for (size_t k = 0; k < WR_COUNT(counts); k++)
            wr_str_printf(out,
                          "weir_dependency_%s{scheduler=\"%ld\","
                          "dependency=\"%s\"} %ld\n",
                          counts[k].name, (long)getpid(), v->name,
                          counts[k].value);
    }
}

static void
lane_samples(struct wr_str *out, const struct wr_status *s,
             enum wr_queue_name lane)
{
    struct wr_lane_counts *c = wr_lanes_counts(s->lanes, lane);
    const struct {
        const char *name;
        long value;
    } counts[] = {
        { "published_total", atomic_load(&c->published) },
        { "confirmed_total", atomic_load(&c->confirmed) },
        { "redispatched_total", atomic_load(&c->again) },
        { "delivered_total", atomic_load(&c->taken) },
        { "acked_total", atomic_load(&c->acked) },
        { "returned_total", atomic_load(&c->returned) },
        { "rejected_total", atomic_load(&c->rejected) },
        { "polled_total", atomic_load(&c->polled) },
        { "posts_total", atomic_load(&c->posts) },
        { "posted_total", atomic_load(&c->posted) },
        { "done_total", atomic_load(&c->done) },
        { "gone_total", atomic_load(&c->gone) },
        { "later_total", atomic_load(&c->later) },
        { "waiting", atomic_load(&c->depth) },
    };

    for (size_t k = 0; k < WR_COUNT(counts); k++) {
        if (counts[k].value >= 0)
            wr_str_printf(out,
                          "weir_queue_%s{scheduler=\"%ld\",queue=\"%s\"} "
                          "%ld\n",
                          counts[k].name, (long)getpid(), wr_queue_word(lane),
                          counts[k].value);
    }
}

static void
share_samples(struct wr_str *out, const struct wr_status *s)
{
    int schedulers, buckets;

    if (!wr_shares_known(s->due->shares, wr_clock_now(s->clock)))
        return;
    wr_shares_count(s->due->shares, &schedulers, &buckets);
    wr_str_printf(out,
                  "weir_scheduler_peers{scheduler=\"%ld\"} %d\n"
                  "weir_scheduler_buckets{scheduler=\"%ld\"} %d\n",
                  (long)getpid(), schedulers, (long)getpid(), buckets);
}

/* What is due and not fired, as far as it was read. */
static void
backlog_samples(struct wr_str *out, const struct wr_status *s)
{
    int64_t now = wr_clock_now(s->clock);
    int64_t oldest = wr_scan_oldest(s->due->scan);
    long long late = oldest < now ? now - oldest : 0;
    long n = (long)wr_heap_count(&s->due->heap, "timer", now)
             + wr_lanes_under_way(s->lanes, WR_QUEUE_TIMERS);

    wr_str_printf(out,
                  "weir_timer_backlog{scheduler=\"%ld\"} %ld\n"
                  "weir_timer_backlog_seconds{scheduler=\"%ld\"} "
                  "%lld.%03lld\n",
                  (long)getpid(), n, (long)getpid(), late / 1000, late % 1000);
}

static void
letter_samples(struct wr_str *out, const struct wr_status *s,
               enum wr_letter_kind kind)
{
    struct wr_letter_counts *c = wr_letters_counts(s->letters, kind);
    const struct {
        const char *name;
        long value;
    } counts[] = {
        { "delivered_total", atomic_load(&c->taken) },
        { "acked_total", atomic_load(&c->acked) },
        { "returned_total", atomic_load(&c->returned) },
        { "rejected_total", atomic_load(&c->rejected) },
    };

    for (size_t k = 0; k < WR_COUNT(counts); k++)
        wr_str_printf(out,
                      "weir_queue_%s{scheduler=\"%ld\",queue=\"%s\"} %ld\n",
                      counts[k].name, (long)getpid(), wr_letters_word(kind),
                      counts[k].value);
}

static void
compose(struct wr_str *out, const struct wr_status *s, struct wr_arena *a)
{
    struct wr_str samples = { .arena = a };
    long pid = (long)getpid();

    wr_str_printf(&samples, "weir_scheduler_up{scheduler=\"%ld\"} 1\n", pid);
    wr_str_printf(&samples, "weir_scheduler_leads{scheduler=\"%ld\"} %d\n", pid,
                  wr_lanes_lead(s->lanes));
    share_samples(&samples, s);
    backlog_samples(&samples, s);
    server_samples(&samples, s);
    for (int i = 0; i < WR_LANES; i++)
        lane_samples(&samples, s, (enum wr_queue_name)i);
    for (int i = 0; s->letters && i < WR_LETTERS; i++)
        letter_samples(&samples, s, (enum wr_letter_kind)i);
    if (wr_lanes_dead(s->lanes) >= 0)
        wr_str_printf(&samples,
                      "weir_queue_waiting{scheduler=\"%ld\",queue=\"dead\"} "
                      "%ld\n",
                      pid, wr_lanes_dead(s->lanes));
    wr_str_printf(out, "{\"pid\":%ld,\"at\":%lld,\"since\":%lld,\"servers\":[",
                  pid, (long long)s->written_at, (long long)s->started_at);
    add_servers(out, s);
    wr_str_add(out, "],\"samples\":");
    wr_json_write_string(out, samples.s, samples.len);
    wr_str_add(out, "}\n");
}

void
wr_status_write(struct wr_status *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 14);
    struct wr_str text = { .arena = a };
    int64_t now = wr_clock_now(s->clock);
    const char *path, *temp;
    FILE *f;

    if (s->written_at && now >= s->written_at && now < s->written_at + EVERY_MS)
        return;
    if (!s->written_at) {
        s->started_at = now;
        remove_dead(s, a);
    }
    s->written_at = now;
    compose(&text, s, a);
    path = path_of(a, s, (long)getpid());
    temp = wr_arena_printf(a, "%s.new", path);
    f = fopen(temp, "we");
    if (!f)
        return; /* it shows: the one there is gets old */
    fwrite(text.s, 1, text.len, f);
    if (fclose(f) == 0)
        rename(temp, path);
}

void
wr_status_remove(const struct wr_status *s)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1024);

    unlink(path_of(a, s, (long)getpid()));
}

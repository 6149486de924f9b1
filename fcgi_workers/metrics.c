#include "config.h"

#include <string.h>

#include "engine/project/projector.h"
#include "engine/store/project.h"
#include "fcgi_workers/announce.h"
#include "fcgi_workers/metrics.h"
#include "fcgi_workers/notify.h"
#include "fcgi_workers/poison.h"
#include "fcgi_workers/schedulers.h"
#include "fcgi_workers/slot_client.h"

enum {
    ASK_MS = 1000 /* a slot that answers later counts as down */
};

static const struct family {
    const char *name, *type, *help;
} families[] = {
    { "weir_build_info", "gauge", "Version of the worker." },
    { "weir_slot_up", "gauge", "Whether the slot answered this scrape." },
    { "weir_requests_total", "counter",
      "Requests answered, by route and status class." },
    { "weir_request_seconds_total", "counter",
      "Time spent in requests, by route." },
    { "weir_commands_total", "counter", "Commands executed." },
    { "weir_batches_total", "counter", "Commits of command batches." },
    { "weir_rev_conflicts_total", "counter",
      "Commands that were stepped again, as their instance had moved." },
    { "weir_lease_buckets", "gauge", "Buckets the slot has to itself." },
    { "weir_lease_moves_total", "counter",
      "Buckets that came, were lost, or were given to another slot." },
    { "weir_lease_members", "gauge",
      "Slots of all hosts that share the buckets, as this one sees it." },
    { "weir_locks_total", "counter",
      "Locks of instances asked for, by what came of it." },
    { "weir_lock_wait_seconds", "summary",
      "Time commands waited for the lock of their instance." },
    { "weir_dependency_up", "gauge", "Whether a server is reached." },
    { "weir_dependency_connects_total", "counter",
      "How often a server became reachable." },
    { "weir_dependency_losses_total", "counter",
      "How often a server became unreachable." },
    { "weir_store_round_trips_total", "counter",
      "Round trips of the writing connection." },
    { "weir_scheduler_up", "gauge", "Whether a scheduler runs." },
    { "weir_scheduler_leads", "gauge",
      "Whether a scheduler publishes for all of them." },
    { "weir_scheduler_peers", "gauge", "Schedulers that share the buckets." },
    { "weir_scheduler_buckets", "gauge", "Buckets of which it fires timers." },
    { "weir_queue_published_total", "counter",
      "Work items sent to a queue by schedulers." },
    { "weir_queue_confirmed_total", "counter",
      "Those that the broker said it keeps." },
    { "weir_queue_redispatched_total", "counter",
      "Work items given out again, as they were overdue." },
    { "weir_queue_delivered_total", "counter", "Messages taken from a queue." },
    { "weir_queue_acked_total", "counter", "Messages done with." },
    { "weir_queue_returned_total", "counter",
      "Messages given back: their slot ended." },
    { "weir_queue_rejected_total", "counter",
      "Messages that are no work items." },
    { "weir_queue_polled_total", "counter",
      "Work items posted without a queue." },
    { "weir_queue_posts_total", "counter", "Posts of work items to slots." },
    { "weir_queue_posted_total", "counter", "Work items in them." },
    { "weir_queue_done_total", "counter", "Work items that led to a commit." },
    { "weir_queue_gone_total", "counter",
      "Work items that were done or canceled before." },
    { "weir_queue_later_total", "counter",
      "Work items that could not be done then." },
    { "weir_queue_waiting", "gauge", "Messages in a queue that nobody has." },
    { "weir_announced_jobs_total", "counter",
      "Jobs due at once that a slot published by itself." },
    { "weir_announced_steps_total", "counter",
      "Committed steps published in Redis." },
    { "weir_announcements_dropped_total", "counter",
      "Those of either kind that went nowhere: a server was away." },
    { "weir_jobs_claimed_total", "counter", "Jobs leased to workers." },
    { "weir_jobs_returned_total", "counter",
      "Those of workers that went away before they had the answer." },
    { "weir_jobs_reported_total", "counter",
      "Job results, failures and errors." },
    { "weir_notifications_sent_total", "counter",
      "Notifications of incidents that were taken." },
    { "weir_notifications_failed_total", "counter", "Those that were not." },
    { "weir_notified_incidents_total", "counter", "Incidents they told of." },
    { "weir_notifications_held", "gauge",
      "Kinds of incidents that wait, as notify_per_hour went already." },
    { "weir_suspects", "gauge",
      "Due work that was being done when its process died." },
    { "weir_given_up_total", "counter",
      "Due work given up, as three processes in a row died of it." },
    { "weir_messages_published_total", "counter",
      "Messages that were published." },
    { "weir_messages_refused_total", "counter",
      "Messages refused, as message_buffer of them wait." },
    { "weir_messages_expired_total", "counter",
      "Messages removed, as nobody waited for them in time." },
    { "weir_limit_refusals_total", "counter",
      "What was refused for being too much, by the setting of the limit." },
    { "weir_dead_letters_total", "counter",
      "Dead letters that came to the store, each time they came." },
    { "weir_inbox_taken_total", "counter",
      "Messages of the inbox that were correlated or kept." },
    { "weir_inbox_refused_total", "counter",
      "Messages of the inbox that became dead letters." },
    { "weir_hub_subscribers", "gauge",
      "Processes of nginx that are told which topics moved." },
    { "weir_hub_moves_total", "counter", "Topics they were told of." },
    { "weir_hub_resets_total", "counter",
      "Subscribers that were cut off, as they did not read." },
    { "weir_hub_heard_total", "counter", "Topics that other hosts told of." },
    { "weir_timer_lateness_seconds", "histogram", "How late timers fired." },
    { "weir_timer_backlog", "gauge",
      "Timers that are due and not fired, as far as a scheduler has read." },
    { "weir_timer_backlog_seconds", "gauge", "How late the first of them is." },
    { "weir_clock_offset_seconds", "gauge",
      "How far the database's clock is ahead of this machine's." },
    { "weir_history_removed_instances_total", "counter",
      "Ended instances that were removed as their time was over." },
    { "weir_history_archived_instances_total", "counter",
      "Those of them that were archived before." },
    { "weir_history_archive_failures_total", "counter",
      "How often nothing could be archived, and thus nothing removed." },
    { "weir_history_failures_total", "counter",
      "How often removing ended in an error." },
    { "weir_history_removed_months_total", "counter",
      "Months of history that went as a whole." },
    { "weir_history_oldest_ended_seconds", "gauge",
      "When the instance ended that is kept longest, of those that are to "
      "go some day; 0: none." },
    { "weir_projection_lag_seconds", "gauge",
      "From the last commit that was folded to the newest." },
    { "weir_projection_events_total", "counter",
      "History events folded by this slot." },
    { "weir_projection_leads", "gauge", "Whether this slot folds." },
    { "weir_projection_late_total", "counter",
      "Answers that did not have all that was committed before." },
    { "weir_worker_start_time_seconds", "gauge", "When the slot started." },
};

static const char *
route_name(size_t i)
{
    for (size_t t = 0; t < wr_n_route_tables; t++) {
        if (i < wr_route_tables[t]->n)
            return wr_route_tables[t]->routes[i].id;
        i -= wr_route_tables[t]->n;
    }

    return "none"; /* no row fits the address */
}

/* Requests and their time, by route; routes never asked for are left out. */
static void
route_samples(struct wr_str *s, const struct wr_service *sv, size_t i)
{
    long long us = atomic_load(&sv->routes[i].microseconds);

    for (int k = 1; k < 6; k++) {
        long count = atomic_load(&sv->routes[i].classes[k]);

        if (count)
            wr_str_printf(s,
                          "weir_requests_total{slot=\"%d\",route=\"%s\","
                          "class=\"%dxx\"} %ld\n",
                          sv->slot, route_name(i), k, count);
    }
    if (us)
        wr_str_printf(s,
                      "weir_request_seconds_total{slot=\"%d\",route=\"%s\"} "
                      "%lld.%06lld\n",
                      sv->slot, route_name(i), us / 1000000, us % 1000000);
}

static void
lease_samples(struct wr_str *s, int slot, const struct wr_lease_stats *l)
{
    const struct {
        const char *how;
        long n;
    } moves[] = { { "taken", l->taken },
                  { "lost", l->lost },
                  { "given", l->given } };

    wr_str_printf(s, "weir_lease_buckets{slot=\"%d\"} %d\n", slot, l->held);
    wr_str_printf(s, "weir_lease_members{slot=\"%d\"} %d\n", slot, l->members);
    for (size_t i = 0; i < WR_COUNT(moves); i++)
        wr_str_printf(s,
                      "weir_lease_moves_total{slot=\"%d\",how=\"%s\"} "
                      "%ld\n",
                      slot, moves[i].how, moves[i].n);
}

static void
server_samples(struct wr_str *s, const struct wr_service *sv)
{
    struct wr_link_view views[WR_SERVER_LINKS];
    int n = wr_servers_look(sv->servers, views);
    struct wr_lease_stats l;

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
            wr_str_printf(s,
                          "weir_dependency_%s{slot=\"%d\",dependency=\"%s\"} "
                          "%ld\n",
                          counts[k].name, sv->slot, v->name, counts[k].value);
    }
    if (!sv->servers->lease)
        return;
    wr_lease_look(sv->servers->lease, &l);
    lease_samples(s, sv->slot, &l);
    wr_str_printf(s, "weir_locks_total{slot=\"%d\",result=\"taken\"} %ld\n",
                  sv->slot, l.locks);
    wr_str_printf(s, "weir_locks_total{slot=\"%d\",result=\"busy\"} %ld\n",
                  sv->slot, l.busy);
    wr_str_printf(s, "weir_lock_wait_seconds_sum{slot=\"%d\"} %lld.%06lld\n",
                  sv->slot, l.wait_us / 1000000, l.wait_us % 1000000);
    wr_str_printf(s, "weir_lock_wait_seconds_count{slot=\"%d\"} %ld\n",
                  sv->slot, l.waits);
}

static void
announced_samples(struct wr_str *s, const struct wr_service *sv)
{
    const struct wr_announced *c;

    if (!sv->announcer)
        return;
    c = wr_announcer_counts(sv->announcer);
    wr_str_printf(s, "weir_announced_jobs_total{slot=\"%d\"} %ld\n", sv->slot,
                  atomic_load(&c->confirmed));
    wr_str_printf(s, "weir_announced_steps_total{slot=\"%d\"} %ld\n", sv->slot,
                  atomic_load(&c->notified));
    wr_str_printf(s, "weir_announcements_dropped_total{slot=\"%d\"} %ld\n",
                  sv->slot, atomic_load(&c->dropped));
}

static void
projection_samples(struct wr_str *s, const struct wr_service *sv)
{
    struct wr_projector_stats st;
    struct wr_position p;
    struct wr_err ignored;
    int64_t lag = 0;

    wr_projector_look(sv->projector, &st);
    if (st.leads && wr_runtime_position(sv->runtime, &p, &ignored) == 0) {
        if (p.pos < p.newest && p.newest_at > p.at)
            lag = p.newest_at - p.at;
        wr_str_printf(s, "weir_projection_lag_seconds{slot=\"%d\"} %lld.%03d\n",
                      sv->slot, (long long)lag / 1000, (int)(lag % 1000));
    }
    wr_str_printf(s, "weir_projection_leads{slot=\"%d\"} %d\n", sv->slot,
                  st.leads);
    wr_str_printf(s, "weir_projection_events_total{slot=\"%d\"} %lld\n",
                  sv->slot, (long long)st.events);
    wr_str_printf(s, "weir_projection_late_total{slot=\"%d\"} %ld\n", sv->slot,
                  atomic_load(&sv->fresh_late));
}

/* Every sample of this slot, a line each, in no order that matters. */
static void
samples(struct wr_str *s, struct wr_service *sv)
{
    struct wr_runtime_stats st;
    struct wr_hub_stats hub;
    struct wr_bridge_stats bridge;

    wr_runtime_stats(sv->runtime, &st);
    wr_hub_look(sv->hub, &hub);
    wr_bridge_look(sv->bridge, &bridge);
    wr_str_printf(s, "weir_build_info{slot=\"%d\",version=\"%s\"} 1\n",
                  sv->slot, PACKAGE_VERSION);
    for (size_t i = 0; i <= wr_route_total(); i++)
        route_samples(s, sv, i);

    const struct {
        const char *name;
        long long value;
    } counts[] = {
        { "weir_slot_up", 1 },
        { "weir_commands_total", st.commands },
        { "weir_batches_total", st.batches },
        { "weir_rev_conflicts_total", st.conflicts },
        { "weir_store_round_trips_total", st.store.round_trips },
        { "weir_jobs_claimed_total", atomic_load(&sv->jobs_claimed) },
        { "weir_jobs_returned_total", atomic_load(&sv->jobs_returned) },
        { "weir_jobs_reported_total", atomic_load(&sv->jobs_completed) },
        { "weir_messages_published_total",
          atomic_load(&sv->messages_published) },
        { "weir_messages_refused_total", atomic_load(&sv->messages_refused) },
        { "weir_messages_expired_total", atomic_load(&sv->messages_expired) },
        { "weir_dead_letters_total", atomic_load(&sv->dead_letters) },
        { "weir_inbox_taken_total", atomic_load(&sv->inbox_taken) },
        { "weir_inbox_refused_total", atomic_load(&sv->inbox_refused) },
        { "weir_hub_subscribers", hub.subscribers },
        { "weir_hub_moves_total", hub.told },
        { "weir_hub_resets_total", hub.resets },
        { "weir_hub_heard_total", bridge.heard },
        { "weir_worker_start_time_seconds", sv->started_at / 1000 },
    };

    for (size_t i = 0; i < WR_COUNT(counts); i++)
        wr_str_printf(s, "%s{slot=\"%d\"} %lld\n", counts[i].name, sv->slot,
                      counts[i].value);
    for (int i = 0; i < WR_LIMITS; i++)
        wr_str_printf(s,
                      "weir_limit_refusals_total{slot=\"%d\",limit=\"%s\"}"
                      " %lld\n",
                      sv->slot, wr_limit_setting((enum wr_limit)i),
                      (long long)wr_limit_counted((enum wr_limit)i));
    server_samples(s, sv);
    wr_late_samples(s, sv);
    wr_housekeeper_samples(sv->housekeeper, sv->slot, s);
    wr_notifier_samples(sv->notifier, sv->slot, s);
    announced_samples(s, sv);
    wr_poison_samples(s, sv);
    projection_samples(s, sv);
}

/* The samples of another slot; that it is down when it does not say. */
static const char *
ask(struct wr_request *rq, int slot)
{
    struct wr_service *sv = rq->service;
    const char *socket = wr_arena_printf(rq->arena, "%s/run/slot-%d.sock",
                                         wr_config_home(sv->config), slot);
    struct wr_str none = { .arena = rq->arena };
    struct wr_err err = { 0 };
    const char *text;
    int status;

    if (wr_slot_post(rq->arena, socket, "/internal/metrics", &none, ASK_MS,
                     &status, &text, &err)
            == 0
        && status == 200)
        return text;

    return wr_arena_printf(rq->arena, "weir_slot_up{slot=\"%d\"} 0\n", slot);
}

/* A sample of `name`: its own, or of a summary or histogram. */
static bool
is_sample(const char *line, const char *name, size_t n)
{
    static const char *const ends[] = { "{", "_sum{", "_count{", "_bucket{" };

    if (strncmp(line, name, n) != 0)
        return false;
    for (size_t i = 0; i < WR_COUNT(ends); i++) {
        if (strncmp(line + n, ends[i], strlen(ends[i])) == 0)
            return true;
    }

    return false;
}

/* The lines of `text` that belong to `name`. */
static void
add_family(struct wr_str *out, const char *text, const char *name)
{
    size_t n = strlen(name);

    while (*text) {
        size_t line = strcspn(text, "\n");

        line += text[line] == '\n';
        if (is_sample(text, name, n))
            wr_str_addn(out, text, line);
        text += line;
    }
}

/* The samples of schedulers, one after the other; NULL-terminated. */
static const char *const *
scheduler_texts(struct wr_request *rq)
{
    const struct wr_service *sv = rq->service;
    const struct wr_scheduler *all;
    size_t n = wr_schedulers_read(rq->arena, wr_config_home(sv->config),
                                  wr_clock_now(&sv->clock), &all);
    const char **texts = wr_newn(rq->arena, const char *, n + 1);

    for (size_t i = 0; i < n; i++)
        texts[i] = all[i].up ? all[i].samples
                             : wr_arena_printf(
                                 rq->arena,
                                 "weir_scheduler_up{scheduler=\"%ld\"} 0\n",
                                 all[i].pid);

    return texts;
}

int
wr_slot_metrics(struct wr_request *rq, const void *in, void *out,
                struct wr_err *err)
{
    (void)in, (void)out, (void)err;
    rq->raw_type = "text/plain";
    samples(&rq->raw, rq->service);

    return 0;
}

int
wr_metrics(struct wr_request *rq, const void *in, void *out, struct wr_err *err)
{
    struct wr_service *sv = rq->service;
    size_t n = (size_t)sv->n_slots;
    const char **texts = wr_newn(rq->arena, const char *, n);
    const char *const *schedulers = scheduler_texts(rq);
    struct wr_str own = { .arena = rq->arena };

    (void)in, (void)out, (void)err;
    samples(&own, sv);
    for (size_t i = 0; i < n; i++)
        texts[i] = (int)i == sv->slot ? wr_str_text(&own) : ask(rq, (int)i);
    rq->raw_type = "text/plain; version=0.0.4; charset=utf-8";
    for (size_t f = 0; f < WR_COUNT(families); f++) {
        const struct family *m = &families[f];

        wr_str_printf(&rq->raw, "# HELP %s %s\n# TYPE %s %s\n", m->name,
                      m->help, m->name, m->type);
        for (size_t i = 0; i < n; i++)
            add_family(&rq->raw, texts[i], m->name);
        for (size_t i = 0; schedulers[i]; i++)
            add_family(&rq->raw, schedulers[i], m->name);
    }

    return 0;
}

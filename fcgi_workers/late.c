#include "fcgi_workers/late.h"

#include "fcgi_workers/service.h"

/* ms; what is later is in none of them */
static const int64_t buckets[WR_LATE_BUCKETS] = { 5,   10,   25,   50,   100,
                                                  500, 1000, 5000, 60000 };

struct batch {
    struct wr_service *service;
    struct wr_hint hints[WR_HINTS];
    size_t n;
    int64_t now;
};

static void
flush(struct batch *b)
{
    wr_hints_send(b->service->hints, b->hints, b->n, b->now);
    b->n = 0;
}

static void
add(struct batch *b, const struct wr_hint *hint)
{
    b->hints[b->n++] = *hint;
    if (b->n == WR_HINTS)
        flush(b);
}

void
wr_hints_committed(void *service, const struct wr_definition *d,
                   const struct wr_effects *fx)
{
    struct wr_service *s = service;
    struct batch b = { .service = s, .now = wr_clock_now(&s->clock) };
    int64_t until = b.now + wr_config_int(s->config, WR_SET_TIMER_HORIZON);

    (void)d;
    for (int i = 0; i < fx->n_timers; i++) {
        const struct wr_timer_row *t = &fx->timers[i].row;

        if (fx->timers[i].op == WR_OP_PUT && t->due_at <= until)
            add(&b, &(struct wr_hint){ .type = WR_HINT_TIMER,
                                       .tenant = t->tenant,
                                       .element = t->element,
                                       .at = t->due_at,
                                       .id = t->id,
                                       .instance = t->instance });
    }
    for (int i = 0; i < fx->n_jobs; i++) {
        const struct wr_job_row *j = &fx->jobs[i].row;

        if (fx->jobs[i].op == WR_OP_PUT && j->kind == WR_JOB_ASYNC
            && j->retries > 0 && j->due_at <= until)
            add(&b, &(struct wr_hint){ .type = WR_HINT_JOB,
                                       .tenant = j->tenant,
                                       .element = j->element,
                                       .at = j->due_at,
                                       .id = j->id,
                                       .instance = j->instance,
                                       .definition = j->definition });
    }
    flush(&b);
}

void
wr_late_note(struct wr_service *s, int64_t due)
{
    int64_t late = wr_clock_now(&s->clock) - due;
    int i = 0;

    if (late < 0)
        late = 0;
    while (i < WR_LATE_BUCKETS && late > buckets[i])
        i++;
    atomic_fetch_add(&s->late[i], 1);
    atomic_fetch_add(&s->late_ms, late);
}

void
wr_late_samples(struct wr_str *out, const struct wr_service *s)
{
    long long ms = atomic_load(&s->late_ms), skew;
    long sum = 0;
    int64_t ahead;

    for (int i = 0; i < WR_LATE_BUCKETS; i++) {
        sum += atomic_load(&s->late[i]);
        wr_str_printf(out,
                      "weir_timer_lateness_seconds_bucket{slot=\"%d\","
                      "le=\"%g\"} %ld\n",
                      s->slot, (double)buckets[i] / 1000, sum);
    }
    sum += atomic_load(&s->late[WR_LATE_BUCKETS]);
    wr_str_printf(out,
                  "weir_timer_lateness_seconds_bucket{slot=\"%d\",le=\"+Inf\"}"
                  " %ld\n"
                  "weir_timer_lateness_seconds_sum{slot=\"%d\"} %lld.%03lld\n"
                  "weir_timer_lateness_seconds_count{slot=\"%d\"} %ld\n",
                  s->slot, sum, s->slot, ms / 1000, ms % 1000, s->slot, sum);
    if (!wr_clock_skew(s->keeper, &ahead))
        return;
    skew = ahead < 0 ? -ahead : ahead;
    wr_str_printf(out, "weir_clock_offset_seconds{slot=\"%d\"} %s%lld.%03lld\n",
                  s->slot, ahead < 0 ? "-" : "", skew / 1000, skew % 1000);
}

#include "fcgi_workers/poison.h"

#include "engine/base/log.h"
#include "fcgi_workers/service.h"

enum {
    LOG_MS = 60000, /* between two lines about what stays undone */
    ASIDE_MS = 3600000
};

static struct wr_err
verdict(int deaths)
{
    struct wr_err why;

    wr_fail(&why, WR_ELIMIT,
            "doing it ended the process %d times in a row: it crashed, was"
            " killed or had no memory left",
            deaths < WR_DEATHS_MUTE ? deaths : WR_DEATHS);

    return why;
}

static void
given_up(struct wr_request *rq, const struct wr_uuid *id,
         const struct wr_err *why)
{
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);
    atomic_fetch_add(&rq->service->poisoned, 1);
    wr_log(WR_LOG_ERROR, "due work given up", "id", text, "cause", why->text,
           NULL);
}

/* Even giving it up ends the process, or there is no way to. */
static int
stays_undone(struct wr_request *rq, const struct wr_uuid *id,
             struct wr_err *err)
{
    struct wr_service *s = rq->service;
    int64_t now = wr_clock_now(&s->clock), said = atomic_load(&s->poison_said);
    char text[WR_UUID_TEXT];

    wr_uuid_text(id, text);
    if (now - said > LOG_MS
        && atomic_compare_exchange_strong(&s->poison_said, &said, now))
        wr_log(WR_LOG_ERROR, "due work stays undone", "id", text, "cause",
               "it ends the process, and so does giving it up", NULL);

    return wr_fail(err, WR_EBUSY, "'%s' ends the process", text);
}

bool
wr_poison_is_suspect(struct wr_request *rq, const struct wr_uuid *id)
{
    return wr_suspects_deaths(rq->service->suspects, id) > 0;
}

enum wr_ended
wr_poison_ended(enum wr_code code)
{
    return code == WR_EBUSY          ? WR_ENDED_UNSEEN
           : wr_code_retryable(code) ? WR_ENDED_NOT
                                     : WR_ENDED;
}

/* The right to do it, and how many died of it. */
static int
begin(struct wr_request *rq, const struct wr_uuid *id, int *deaths,
      struct wr_err *err)
{
    struct wr_suspects *s = rq->service->suspects;

    *deaths = wr_suspects_deaths(s, id);
    if (*deaths >= WR_DEATHS_MUTE)
        return stays_undone(rq, id, err);
    if (!wr_suspects_alone(s))
        return wr_fail(err, WR_EBUSY, "another suspect is done");
    wr_suspects_begin(s, id, wr_clock_now(&rq->service->clock));

    return 0;
}

void
wr_poison_end(struct wr_request *rq, const struct wr_uuid *id,
              enum wr_code code)
{
    wr_suspects_end(rq->service->suspects, id, wr_poison_ended(code));
    wr_suspects_done(rq->service->suspects);
}

void
wr_poison_call(struct wr_request *rq, struct wr_call *call)
{
    struct wr_uuid id = call->command.event.target;
    struct wr_command *c = &call->command;
    struct wr_err why;
    bool last;
    int deaths;

    if (begin(rq, &id, &deaths, &call->err) < 0)
        return;
    why = verdict(deaths);
    last = deaths >= WR_DEATHS && wr_runtime_give_up(c, &why, c);
    if (last) {
        c->event.retries = c->event.type == WR_EV_JOB_FAIL ? 0 : -1;
        c->event.retry_in_ms = 0;
    }
    call->err.code = WR_OK;
    if (wr_runtime_call(rq->service->runtime, c, rq->arena, &call->outcome,
                        &call->err)
            == 0
        && last)
        given_up(rq, &id, &why);
    wr_poison_end(rq, &id, call->err.code);
}

int
wr_poison_begin(struct wr_request *rq, const struct wr_uuid *id, int32_t tenant,
                bool outbox, struct wr_err *err)
{
    struct wr_err why;
    int deaths;

    if (begin(rq, id, &deaths, err) < 0)
        return err->code;
    if (deaths < WR_DEATHS)
        return 0;
    why = verdict(deaths);
    if (!outbox) {
        stays_undone(rq, id, err);
        wr_suspects_end(rq->service->suspects, id, WR_ENDED_NOT);
        wr_suspects_done(rq->service->suspects);
        return err->code;
    }
    if (wr_runtime_put_aside(rq->service->runtime, id, tenant, ASIDE_MS, &why,
                             err)
        == 0) {
        given_up(rq, id, &why);
        wr_fail(err, WR_ENOTFOUND, "it is put aside");
    }
    wr_poison_end(rq, id, err->code);

    return err->code;
}

void
wr_poison_samples(struct wr_str *out, const struct wr_service *s)
{
    wr_str_printf(out, "weir_suspects{slot=\"%d\"} %ld\n", s->slot,
                  wr_suspects_count(s->suspects));
    wr_str_printf(out, "weir_given_up_total{slot=\"%d\"} %ld\n", s->slot,
                  atomic_load(&s->poisoned));
}

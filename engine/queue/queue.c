#include "engine/queue/queue.h"

#include <assert.h>

const char *
wr_queue_word(enum wr_queue_name name)
{
    static const char *const words[WR_QUEUES] = {
        [WR_QUEUE_TIMERS] = "timers",   [WR_QUEUE_MESSAGES] = "messages",
        [WR_QUEUE_SCRIPTS] = "scripts", [WR_QUEUE_SERVICES] = "services",
        [WR_QUEUE_DEAD] = "dead",       [WR_QUEUE_DISPATCH] = "dispatch",
        [WR_QUEUE_INBOX] = "inbox",
    };

    return words[name];
}

void
wr_queue_close(struct wr_queue *q)
{
    if (q)
        q->ops->close(q);
}

int
wr_queue_publish(struct wr_queue *q, struct wr_queue_item *items, size_t n,
                 struct wr_err *err)
{
    for (size_t i = 0; i < n; i++) {
        assert(items[i].to != WR_QUEUE_DEAD);
        items[i].confirmed = false;
        if (items[i].len > WR_QUEUE_BODY_MAX)
            return wr_fail(err, WR_ELIMIT,
                           "a message of %zu bytes: %d are allowed",
                           items[i].len, WR_QUEUE_BODY_MAX);
    }

    return n ? q->ops->publish(q, items, n, err) : 0;
}

void
wr_queue_consume(struct wr_queue *q, unsigned queues, int prefetch)
{
    assert(prefetch > 0 && queues && queues < 1U << WR_QUEUES);
    q->ops->consume(q, queues, prefetch);
}

int
wr_queue_take(struct wr_queue *q, int64_t wait_ms, struct wr_arena *a,
              struct wr_queue_delivery *out, size_t cap, size_t *n,
              struct wr_err *err)
{
    return q->ops->take(q, wait_ms, a, out, cap, n, err);
}

int
wr_queue_settle(struct wr_queue *q, const struct wr_queue_tag *tag,
                enum wr_queue_verdict verdict, struct wr_err *err)
{
    return q->ops->settle(q, tag, verdict, err);
}

int
wr_queue_depth(struct wr_queue *q, enum wr_queue_name name, long *out,
               struct wr_err *err)
{
    return q->ops->depth(q, name, out, err);
}

/* item.h: one thing that is due. */

#ifndef WR_QUEUE_ITEM_H
#define WR_QUEUE_ITEM_H

#include "engine/base/str.h"
#include "engine/queue/queue.h"

struct wr_due_item {
    const char *type;            /* "timer", "job", "outbox", "lost"; static */
    struct wr_uuid id, instance; /* instance zero: of none */
    int32_t tenant;
    int64_t at;
    int64_t known_at;        /* since when a scheduler knows of it */
    enum wr_queue_name lane; /* whose work it is */
    /* jobs: what tells a script from a service, and that it was due at once,
     * so that the slot that wrote its row handed it out itself */
    struct wr_uuid definition;
    int32_t element;
    bool at_once;
};

/* As the slots take it and queues carry it. */
void wr_item_json(struct wr_str *s, const struct wr_due_item *it);
/* The same back, lane excepted; WR_EVALUE: it is none. */
WR_MUST int wr_item_read(struct wr_arena *a, const char *text, size_t len,
                         struct wr_due_item *out, struct wr_err *err);

#endif

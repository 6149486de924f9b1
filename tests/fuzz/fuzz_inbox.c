/*
 * Bodies of AMQP messages: those of the inbox, and work items.  Whatever comes is
 * a message or an item, or it is refused with a text.
 *
 * fuzz-parts: engine/base engine/queue/item.c
 * fuzz-parts: fcgi_workers/field.c fcgi_workers/inbox_read.c
 * fuzz-parts: fcgi_workers/message_body.c
 */

#include "engine/queue/item.h"
#include "fcgi_workers/inbox.h"
#include "fcgi_workers/message_body.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    const char *body = wr_arena_strndup(a, (const char *)data, size);
    struct wr_err err = { 0 };
    struct wr_due_item item;
    const void *message;

    if (wr_inbox_read(a, body, size, &message, &err) == 0) {
        const struct wr_message_body *m = message;

        must(m->name && m->mode);
    } else {
        must(err.code == WR_EINVALID && err.text[0]);
    }
    if (wr_item_read(a, body, size, &item, &err) == 0)
        must(item.type && item.tenant >= 0);

    return 0;
}

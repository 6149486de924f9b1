/*
 * notice.c: somebody is to hear of an incident (fcgi_workers/notify.h).
 *
 * A row of the outbox, in the commit that opens the incident: it goes when the
 * notification was taken, so none is lost, and nothing is written for a step
 * that goes well.
 */
#include "engine/exec/exec.h"

void
wr_notice_owe(struct wr_exec *x, const struct wr_wait *w)
{
    struct wr_entry message = { "message", wr_value_string(
                                               x->arena, w->incident.message) };
    struct wr_str payload = { .arena = x->arena };
    struct wr_outbox_row row = {
        .id = wr_uuid_next(&x->ids),
        .due_at = WR_NOTICE_FROM + x->ev->now,
        .created_at = x->ev->now,
        .expires_at = WR_NEVER,
        .tenant = x->i->tenant,
        .element = w->incident.element,
        .kind = WR_OUT_NOTICE,
        .instance = x->i->id,
        .definition = x->i->definition,
        .target = w->id,
        .name = w->incident.type,
        .business_key = x->i->business_key,
    };

    wr_value_encode(&payload, wr_value_context(x->arena, &message, 1));
    row.payload = (struct wr_blob){ payload.s, payload.len };
    wr_effects_owe(x, &row);
}

/* change_json.h: how an instance is after people changed it, or would be. */

#ifndef WR_CHANGE_JSON_H
#define WR_CHANGE_JSON_H

#include "fcgi_workers/resource.h"

struct wr_change_json {
    const void *instance; /* struct wr_instance_json */
    bool dry_run;
    struct wr_strings events;
    struct wr_objects tokens;
};

/* Rows of an answer of type T that holds one as its member `change`. */
/* clang-format off */
#define WR_CHANGE_FIELDS(T)                                                  \
    WR_FIELD_OF(T, change.instance, "instance", WR_OBJECT,                   \
                &wr_instance_object, WR_READONLY, "The instance afterwards."),\
    WR_FIELD(T, change.dry_run, "dryRun", WR_BOOL, WR_READONLY,              \
             "Nothing was changed."),                                        \
    WR_FIELD(T, change.events, "events", WR_STRINGS,                         \
             WR_READONLY | WR_OPTIONAL,                                      \
             "What would happen, one line an event; of a dry run."),         \
    WR_FIELD_OF(T, change.tokens, "tokens", WR_OBJECTS, &wr_token_object,    \
                WR_READONLY, "Where the tokens are afterwards.")
/* clang-format on */

/* The instance as it is now. */
WR_MUST int wr_change_done(struct wr_request *rq, const struct wr_uuid *id,
                           struct wr_change_json *out, struct wr_err *err);
/* As it would be by a step that was tried; takes the view over. */
WR_MUST int wr_change_tried(struct wr_request *rq, const struct wr_view *view,
                            const struct wr_effects *fx,
                            struct wr_change_json *out, struct wr_err *err);

#endif

/* message_body.h: what a message says, by POST /messages as from the inbox. */

#ifndef WR_MESSAGE_BODY_H
#define WR_MESSAGE_BODY_H

#include "engine/base/uuid.h"
#include "fcgi_workers/field.h"

struct wr_message_body {
    const char *name, *key, *mode, *message_id, *business_key, *cardinality;
    const struct wr_value *variables;
    struct wr_uuid instance;
    int64_t ttl;
};
extern const struct wr_object wr_message_object; /* of that */

#endif

#include "fcgi_workers/message_body.h"

static const struct wr_field message_fields[] = {
    WR_FIELD(struct wr_message_body, name, "name", WR_STRING, WR_REQUIRED,
             "Name of the message."),
    WR_FIELD(struct wr_message_body, key, "correlationKey", WR_STRING, 0,
             "Key of the subscription; any when absent."),
    WR_FIELD(struct wr_message_body, instance, "instance", WR_UUID, 0,
             "Only this instance."),
    WR_FIELD(struct wr_message_body, business_key, "businessKey", WR_STRING, 0,
             "Only instances with this business key."),
    WR_FIELD(struct wr_message_body, variables, "variables", WR_JSON,
             WR_VARIABLES, "Payload by name."),
    WR_FIELD_ENUM(struct wr_message_body, mode, "mode", "correlate|publish", 0,
                  "correlate (default): exactly one must wait for it. publish:"
                  " to who waits for it, else it is kept."),
    WR_FIELD(struct wr_message_body, ttl, "ttl", WR_INT, 0,
             "Seconds to keep a published message; 0: only who waits now gets"
             " it. message_ttl when absent."),
    WR_FIELD(struct wr_message_body, message_id, "messageId", WR_STRING, 0,
             "Published messages of one name with the same id count once while"
             " the first may live."),
    WR_FIELD_ENUM(struct wr_message_body, cardinality, "cardinality",
                  "one|onePerProcess", 0,
                  "Of a published message: onePerProcess (default): to the one"
                  " that waits longest in each process; one: in any."),
};
const struct wr_object wr_message_object = WR_OBJECT_ROWS(
    struct wr_message_body, "Message", message_fields);

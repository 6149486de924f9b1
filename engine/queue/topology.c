#include "engine/queue/topology.h"

#include <stdio.h>

amqp_bytes_t
wr_queue_full_name(const struct wr_queue_options *o, enum wr_queue_name name,
                   char text[WR_QUEUE_NAME])
{
    snprintf(text, WR_QUEUE_NAME, "%.180s.%s", o->prefix, wr_queue_word(name));

    return amqp_cstring_bytes(text);
}

static amqp_table_entry_t
word_entry(const char *key, const char *word)
{
    return (amqp_table_entry_t){
        .key = amqp_cstring_bytes(key),
        .value = { .kind = AMQP_FIELD_KIND_UTF8,
                   .value.bytes = amqp_cstring_bytes(word) },
    };
}

static int
declare_queue(struct wr_amqp_conn *c, const struct wr_queue_options *o,
              enum wr_queue_name name, struct wr_err *err)
{
    char text[WR_QUEUE_NAME], grave[WR_QUEUE_NAME], what[WR_QUEUE_NAME + 16];
    amqp_bytes_t queue = wr_queue_full_name(o, name, text);
    amqp_bytes_t dead = wr_queue_full_name(o, WR_QUEUE_DEAD, grave);
    amqp_table_entry_t entries[] = {
        word_entry("x-queue-type", "quorum"),
        { .key = amqp_cstring_bytes("x-delivery-limit"),
          .value = { .kind = AMQP_FIELD_KIND_I32,
                     .value.i32 = o->delivery_limit } },
        { .key = amqp_cstring_bytes("x-dead-letter-exchange"),
          .value = { .kind = AMQP_FIELD_KIND_UTF8, .value.bytes = dead } },
        /* A dead letter is not lost on its way; this wants the overflow. */
        word_entry("x-dead-letter-strategy", "at-least-once"),
        word_entry("x-overflow", "reject-publish"),
    };
    amqp_table_entry_t one[] = {
        word_entry("x-queue-type", "quorum"),
        word_entry("x-overflow", "reject-publish"),
        { .key = amqp_cstring_bytes("x-max-length"),
          .value = { .kind = AMQP_FIELD_KIND_I32, .value.i32 = 1 } },
        { .key = amqp_cstring_bytes("x-single-active-consumer"),
          .value = { .kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1 } },
    };
    amqp_table_t table = { .num_entries = (int)WR_COUNT(entries),
                           .entries = entries };

    if (name == WR_QUEUE_DEAD)
        table.num_entries = 1;
    else if (name == WR_QUEUE_DISPATCH)
        table = (amqp_table_t){ .num_entries = (int)WR_COUNT(one),
                                .entries = one };

    amqp_queue_declare(wr_amqp_state(c), WR_AMQP_CHANNEL, queue,
                       /* passive= */ 0, /* durable= */ 1, 0, 0, table);
    snprintf(what, sizeof(what), "queue '%s'", text);

    return wr_amqp_answered(c, what, err);
}

int
wr_queue_declare(struct wr_amqp_conn *c, const struct wr_queue_options *o,
                 struct wr_err *err)
{
    char text[WR_QUEUE_NAME];
    amqp_bytes_t dead = wr_queue_full_name(o, WR_QUEUE_DEAD, text);

    amqp_exchange_declare(wr_amqp_state(c), WR_AMQP_CHANNEL, dead,
                          amqp_cstring_bytes("fanout"), /* passive= */ 0,
                          /* durable= */ 1, 0, 0, amqp_empty_table);
    if (wr_amqp_answered(c, "the exchange of dead letters", err) < 0)
        return err->code;
    for (int name = 0; name < WR_QUEUES; name++) {
        if (declare_queue(c, o, (enum wr_queue_name)name, err) < 0)
            return err->code;
    }
    amqp_queue_bind(wr_amqp_state(c), WR_AMQP_CHANNEL, dead, dead,
                    amqp_empty_bytes, amqp_empty_table);

    return wr_amqp_answered(c, "bind the dead letters", err);
}

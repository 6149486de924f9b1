/*
 * letters.h: what comes by RabbitMQ and is no work item: dead letters, for the
 * store, and messages of others, for processes.
 *
 * Each has a connection and a thread.  A message is acknowledged when a slot has
 * committed what it led to, or has kept it as a dead letter; while no slot can,
 * it stays in hand, and goes back to the broker with the connection.
 */

#ifndef WR_LETTERS_H
#define WR_LETTERS_H

#include <stdatomic.h>

#include "engine/queue/queue.h"
#include "scheduler/post.h"

enum wr_letter_kind {
    WR_LETTERS_DEAD,
    WR_LETTERS_INBOX,
    WR_LETTERS
};

struct wr_letter_counts {
    atomic_long taken, acked, returned, rejected;
};

struct wr_letters_options {
    const struct wr_config *config;
    struct wr_poster poster;
    struct wr_amqp *amqp;
};

struct wr_letters;

/* All outlive it. */
WR_MUST int wr_letters_open(const struct wr_letters_options *o,
                            struct wr_letters **out, struct wr_err *err);
/* NULL: nothing to do. */
void wr_letters_close(struct wr_letters *l);
/* "dead", "inbox" */
const char *wr_letters_word(enum wr_letter_kind kind);
struct wr_letter_counts *wr_letters_counts(struct wr_letters *l,
                                           enum wr_letter_kind kind);

#endif

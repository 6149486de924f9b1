/*
 * fixture.h: a store to test and effects to write to it.
 *
 * WEIR_TEST_STORES lists the URLs, one a word; every case runs on each of them
 * (loop index _i).  A case draws its own tenant, so that stores which outlive it
 * need no cleaning.
 */

#ifndef FIXTURE_H
#define FIXTURE_H

#include "engine/base/uuid.h"
#include "engine/store/store.h"
#include "tests/lib/t.h"

struct fixture {
    struct wr_store *st;
    struct wr_arena *a;
    struct wr_err err;
    const char *url;
    int32_t tenant;
    int bucket;
    int64_t now;
};

int fixture_stores(void); /* how many URLs there are */
bool fixture_is(const struct fixture *f, const char *scheme);
void fixture_open(struct fixture *f, int nth);
void fixture_close(struct fixture *f);
struct wr_store *fixture_second(struct fixture *f);

/* 0, or the test fails with the error's text. */
#define must(f, call)                                            \
    do {                                                         \
        int rc_ = (call);                                        \
        ck_assert_msg(rc_ == 0, "%s: %s", #call, (f)->err.text); \
    } while (0)

struct wr_uuid fixture_id(struct fixture *f);

/* A new instance's first step; change what the case is about. */
struct wr_effects *fixture_start(struct fixture *f);
/* The next step of the instance after `before`. */
struct wr_effects *fixture_next(struct fixture *f,
                                const struct wr_effects *before);
struct wr_task_op *fixture_task(struct fixture *f, struct wr_effects *fx);
struct wr_job_op *fixture_job(struct fixture *f, struct wr_effects *fx,
                              const char *type);
struct wr_timer_op *fixture_timer(struct fixture *f, struct wr_effects *fx,
                                  int64_t due_at);
struct wr_subscription_op *fixture_subscription(struct fixture *f,
                                                struct wr_effects *fx,
                                                const char *name,
                                                const char *key);
struct wr_incident_op *fixture_incident(struct fixture *f,
                                        struct wr_effects *fx);
/* A row of the outbox as a step writes it, of this kind. */
struct wr_outbox_op *fixture_owe(struct fixture *f, struct wr_effects *fx,
                                 enum wr_outbox_kind kind);

/* Commit one item; its result. */
enum wr_code fixture_commit(struct fixture *f, const struct wr_effects *fx);
/* Deploy version `version` of decision `key`; the result and its id. */
enum wr_code fixture_decide(struct fixture *f, const char *key, int version,
                            struct wr_uuid *id);
/* Deploy version `version` of `key`; the result and the definition's id. */
enum wr_code fixture_deploy(struct fixture *f, const char *key, int version,
                            struct wr_uuid *id);
/* The same; each version waits for a message and for a timer to start it. */
enum wr_code fixture_deploy_starts(struct fixture *f, const char *key,
                                   int version, struct wr_uuid *id);
/* The same with an Idempotency-Key's row in its transaction. */
enum wr_code fixture_deploy_once(struct fixture *f, const char *key,
                                 int version,
                                 const struct wr_idempotency_row *once,
                                 struct wr_uuid *id);

struct wr_rows fixture_find(struct fixture *f, struct wr_query q);
/* The revision the store has, 0: no such instance. */
int64_t fixture_rev(struct fixture *f, const struct wr_uuid *id);
/* A text no other case uses. */
const char *fixture_word(struct fixture *f, const char *stem);

#endif

/*
 * rig.h: a runtime on a store of its own, for tests.
 *
 *     struct rig r;
 *     rig_open(&r, "sqlite:t.db", NULL);
 *     rig_deploy(&r, rig_two_tasks);
 *     struct wr_uuid id = rig_start(&r, "p");
 *     rig_complete(&r, &id, "t1");
 *     rig_close(&r);
 */

#ifndef RIG_H
#define RIG_H

#include "engine/runtime/runtime.h"
#include "tests/lib/t.h"

struct rig {
    struct wr_arena *arena;
    struct wr_clock clock;
    struct wr_runtime *rt;
    struct wr_err err;
    int32_t tenant; /* its own: stores may be shared */
};

/* A process around the body: <process id='p'>. */
const char *rig_bpmn(struct rig *r, const char *body);
extern const char rig_one_task[];  /* s > t > e */
extern const char rig_two_tasks[]; /* t1 and t2 in parallel, joined */

/* `options` NULL: inline.  `url` NULL: a fresh SQLite file, or what the
 * environment's WEIR_TEST_STORE says.  Clock and tenant are filled in. */
void rig_open(struct rig *r, const char *url,
              const struct wr_runtime_options *options);
void rig_close(struct rig *r);
/* Another process on the store and in the tenant of `first`. */
void rig_open_second(struct rig *r, const struct rig *first);

/* These fail the test when the call fails. */
struct wr_deployed rig_deploy(struct rig *r, const char *body);
struct wr_uuid rig_start(struct rig *r, const char *ref);
void rig_complete(struct rig *r, const struct wr_uuid *instance,
                  const char *task);
/* The command that completes the task. */
struct wr_command rig_completion(const struct rig *r,
                                 const struct wr_uuid *task);
/* The open task's id at this element. */
struct wr_uuid rig_task(struct rig *r, const struct wr_uuid *instance,
                        const char *element);
struct wr_rows rig_rows(struct rig *r, enum wr_noun noun,
                        const struct wr_uuid *instance);
struct wr_instance_row rig_instance(struct rig *r, const struct wr_uuid *id);
/* seq of the history: without gap up to the revision. */
void rig_check_history(struct rig *r, const struct wr_uuid *instance);

#define must(r, call)                                            \
    do {                                                         \
        int rc_ = (call);                                        \
        ck_assert_msg(rc_ == 0, "%s: %s", #call, (r)->err.text); \
    } while (0)

#endif

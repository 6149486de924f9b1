/* replay_fold.h: what a fold over history holds, for replay.c and
 * replay_compare.c alone. */

#ifndef WR_REPLAY_FOLD_H
#define WR_REPLAY_FOLD_H

#include "engine/base/map.h"
#include "engine/exec/exec.h"
#include "engine/exec/replay.h"

struct wr_replay_wait {
    struct wr_index_link link; /* by id */
    struct wr_uuid id;
    enum wr_wait_kind kind;
    int32_t element;
    int64_t key;
    const char *assignee; /* TASK; NULL: nobody */
    const char *due;      /* TIMER: as text */
};

struct wr_replay_activity {
    struct wr_index_link link; /* by key */
    int64_t key;
    int32_t element;
    bool body;
    bool past; /* it completed before and is being compensated */
    const struct wr_value *planned; /* iterations of a body; NULL: not told */
    struct wr_map vars;             /* struct wr_value; NULL: removed */
    struct wr_map talks;            /* const char: keys of conversations */
};

struct wr_replay_log { /* of one element of the process's own level */
    int64_t noted;     /* entries, as far as told */
    int64_t doubtful;  /* of them perhaps not */
    bool lost;         /* not followed any more */
};

struct wr_replay_condition { /* armed */
    struct wr_replay_condition *next;
    int64_t key;
    int32_t element;
    int64_t part;
    bool met; /* it happened, and has held since */
};

struct wr_replay {
    struct wr_arena *arena;
    const struct wr_model *model; /* of the call */
    const struct wr_model *to;    /* of a migration to come; NULL */
    bool moved;                   /* it has come */
    enum wr_instance_state state;
    enum wr_instance_state was; /* before it was compensated after its end */
    int64_t seq;                /* of the last event */
    struct wr_index activities, waits;
    struct wr_replay_activity *root;
    struct wr_replay_condition *conditions;
    int64_t *tokens; /* by flow: in front of its join; NULL: not asked yet */
    int *live;       /* by scope: instances of it */
    int *sure;       /* by scope: private to replay_joins.c */
    struct wr_replay_log *log; /* by node; NULL: nothing noted yet */
    bool lost; /* neither tokens nor log are followed any more */
};

struct wr_replay_activity *wr_replay_activity(const struct wr_replay *r,
                                              int64_t key);
struct wr_replay_wait *wr_replay_wait(const struct wr_replay *r,
                                      const struct wr_uuid *id);
/* Joins (replay_joins.c): what each event means for them ... */
void wr_replay_moves(struct wr_replay *r, const struct wr_history_event *e);
void wr_replay_opens(struct wr_replay *r, const struct wr_replay_activity *a);
void wr_replay_closes(struct wr_replay *r, const struct wr_replay_activity *a);
/* ... and those of this scope, as they are. */
WR_MUST int wr_replay_compare_joins(const struct wr_replay *r,
                                    const struct wr_instance *i,
                                    const struct wr_activity *a,
                                    struct wr_err *err);
/* The same of what can be compensated (replay_log.c). */
void wr_replay_logs(struct wr_replay *r, const struct wr_history_event *e);
WR_MUST int wr_replay_compare_log(const struct wr_replay *r,
                                  const struct wr_instance *i,
                                  struct wr_err *err);
/* Conditions that are armed (replay_conditions.c). */
WR_MUST int wr_replay_conditions(struct wr_replay *r,
                                 const struct wr_history_event *e,
                                 struct wr_err *err);
WR_MUST int wr_replay_compare_conditions(struct wr_replay *r,
                                         const struct wr_instance *i,
                                         struct wr_err *err);
/* The event happened to something that is there still and listens on. */
bool wr_replay_listens_on(const struct wr_replay *r,
                          const struct wr_history_event *e);
/* For messages: its id, or that it is the process. */
const char *wr_replay_name(const struct wr_replay *r, int32_t element);

#endif

/* running.h: what runs inside one wr_step() call */

#ifndef WR_EXEC_RUNNING_H
#define WR_EXEC_RUNNING_H

#include "engine/exec/element.h"
#include "engine/exec/history.h"
#include "engine/exec/incident.h"

enum wr_fault_kind {
    WR_FAULT_NONE,
    WR_FAULT_INCIDENT,
    WR_FAULT_ERROR,
    WR_FAULT_ESCALATION
};

struct wr_fault { /* why WR_THROW */
    enum wr_fault_kind kind;
    const char *type; /* INCIDENT */
    const char *code; /* ERROR, ESCALATION */
    const char *message;
    bool at_end;
    bool leaves; /* ERROR: nothing in this process catches it */
};

struct wr_ops { /* growing array of struct wr_<kind>_op */
    void *items;
    int n, cap;
    int n_void;            /* opened and closed again */
    struct wr_index index; /* struct op_place, by id */
};

/* A variable was written: conditions may want to know. */
enum wr_write_kind {
    WR_WRITE_CREATE = 1,
    WR_WRITE_UPDATE = 2,
    WR_WRITE_DELETE = 4
};
struct wr_write {
    struct wr_write *next;
    struct wr_activity *holder; /* NULL: gone */
    const char *name;           /* NULL: what was armed at the holder */
    enum wr_write_kind kind;
};

/* Is this activity still there?  What a step does to others may end it. */
struct wr_watch {
    const struct wr_activity *of;
    bool gone;
    struct wr_watch *outer;
};

struct wr_exec {
    struct wr_step *s;
    const struct wr_model *m;
    struct wr_instance *i;
    struct wr_arena *arena; /* the step's */
    const struct wr_event *ev;
    struct wr_uuid ids;
    int left;           /* node executions */
    int64_t operations; /* of expressions; together the step's budget */
    struct wr_fault fault;
    bool told; /* the caller of this instance knows already */
    struct {
        const char *code, *message;
        const struct wr_value *data;
        bool at_end;
    } thrown;                    /* what the instance failed of */
    struct wr_activity *current; /* for a handler's variables */
    struct wr_watch *watches;
    struct wr_activity
        *survivor; /* of what is being cancelled; NULL: nothing */
    bool over;     /* the instance ends: nothing remains */
    struct wr_line_ends {
        struct wr_activity *first, *last;
    } lines[WR_LINES];
    struct wr_write *writes; /* conditions were not looked at since */
    struct wr_write *last_write;
    bool dispatching;
    struct wr_candidate *candidates; /* room for those of one write */
    int cap_candidates;
    struct wr_signal_out *signals, **signals_end; /* within the instance */
    struct wr_task_row
        *done; /* the task that was completed in this step; NULL */
    const struct wr_activity *done_by;
    struct wr_err lost;   /* why a part of the state could not be fetched */
    struct wr_str events; /* history of this event */
    int64_t n_events;
};

/* What several wr_step() calls on one struct wr_step share. */
struct wr_step_state {
    struct wr_exec *running; /* inside wr_step() */
    int64_t expected_rev;
    struct wr_ops ops[WR_WAIT_INCIDENT + 1]; /* by wait kind */
    const struct wr_model *from;             /* wr_effects.from */
    struct wr_outbox_op *outboxes;
    int n_outboxes, cap_outboxes;
    struct wr_spill_op *spills; /* made anew by each step */
    int n_spills, cap_spills;
    struct wr_history_row *histories;
    int n_histories, cap_histories;
};

#endif

/*
 * migrate.h: an instance on its way to another version; private to migrate*.c.
 *
 * Everything in an instance names elements by their index in a model.  A
 * migration is a table from the indices of one model to those of the other,
 * and what it means for each thing that is open.
 */

#ifndef WR_MIGRATE_H
#define WR_MIGRATE_H

#include "engine/exec/exec.h"

/* Something to be armed when the instance is in the new model. */
struct wr_arming {
    struct wr_arming *next;
    struct wr_activity *owner;
    int node;  /* there */
    int hears; /* its listener there that has a timer, plus one; 0: none */
};

/* Where a token will stand: in what is active, or in what will be. */
struct wr_opening;
struct wr_moving;
struct wr_place {
    struct wr_activity *base;   /* NULL: in `opening` */
    struct wr_opening *opening; /* NULL */
};

struct wr_migrate {
    struct wr_exec *x;
    const struct wr_model *from, *to;
    int *nodes, *flows; /* by index in `from`: index in `to`; -1: none */
    bool *given;        /* nodes: the plan says where to */
    bool *flow_given;   /* flows: the same */
    bool *update;       /* nodes: arm anew what changed */
    struct wr_problem *problems;
    int n_problems, cap_problems;
    struct wr_arming *armings, **end;
    struct wr_opening *openings; /* those around others first */
    struct wr_moving *movings;
};

/* One more reason why not; `detail` is copied. */
void wr_migrate_problem(struct wr_migrate *g, const char *code,
                        const char *element, int64_t token, const char *fmt,
                        ...) __attribute__((format(printf, 5, 6)));

/* migrate_map.c: fill in the tables.  WR_EVALUE for a plan that is none; what
 * the plan says wrong are problems. */
WR_MUST int wr_migrate_map(struct wr_migrate *g, struct wr_err *err);
/* Do both behave in the same way, as far as a token in them can tell? */
bool wr_migrate_alike(const struct wr_model *from, int a,
                      const struct wr_model *to, int b);
/* Is it the scope in `to` that stands for the one of `node`? */
bool wr_migrate_stays(const struct wr_migrate *g, int node, int to);

/* migrate_check.c: everything that has no place in `to` is a problem. */
void wr_migrate_check(struct wr_migrate *g);
/* Can what waits in front of `flow` wait in front of where it goes? */
bool wr_migrate_flow_fits(const struct wr_migrate *g, int flow);

/* migrate_scope.c: does `a` go into another sub-process, as the plan says?  Does
 * `a`, which has no counterpart, go because everything in it does? */
bool wr_migrate_leaves(const struct wr_migrate *g, const struct wr_activity *a);
bool wr_migrate_goes(const struct wr_migrate *g, const struct wr_activity *a);
/* Note where `a` will stand, or why it cannot; then, when that is known of all,
 * what cannot be left. */
void wr_migrate_find_place(struct wr_migrate *g, struct wr_activity *a);
/* The same for those that wait on `flow` in `scope`. */
bool wr_migrate_flow_leaves(const struct wr_migrate *g, int flow);
void wr_migrate_find_queue(struct wr_migrate *g, struct wr_activity *scope,
                           int flow);
void wr_migrate_check_left(struct wr_migrate *g);
/* They leave, and what goes is gone: still in `from`.  They enter; what they left
 * empty is cancelled: in `to`. */
void wr_migrate_leave(struct wr_migrate *g);
void wr_migrate_enter(struct wr_migrate *g);
void wr_migrate_close_left(struct wr_migrate *g);

/* migrate_part.c: close what `a` waits for and has no counterpart, note what is
 * to be armed. */
void wr_migrate_part(struct wr_migrate *g, struct wr_activity *a);
/* migrate_move.c: the step goes on in `to`. */
void wr_migrate_move(struct wr_migrate *g);

#endif

/* joins.h: tokens that wait for others (S6 to S8) */

#ifndef WR_EXEC_JOINS_H
#define WR_EXEC_JOINS_H

#include "engine/exec/running.h"

void wr_join_arrive(struct wr_exec *x, struct wr_activity *scope, int node,
                    int flow);
/* Fire the first inclusive join that is enabled; false when there is none. */
bool wr_join_fire_any(struct wr_exec *x);
/* Take one token from each marked flow and go on, enabled or not. */
void wr_join_force(struct wr_exec *x, struct wr_activity *scope, int node);
bool wr_join_enabled(const struct wr_model *m, const struct wr_activity *scope,
                     int join);
/* Can tokens wait in front of it: a join, or a startQuantity? */
bool wr_join_waits(const struct wr_model *m, int node);
/* complex.c: is the gateway activated by the tokens at it?  Then it starts. */
void wr_complex_look(struct wr_exec *x, struct wr_activity *scope, int node);
/* It starts with the tokens that are there, activated or not. */
void wr_complex_start(struct wr_exec *x, struct wr_activity *scope, int node);
/* Can nothing come any more that its reset has to wait for? */
bool wr_complex_resets(const struct wr_model *m,
                       const struct wr_activity *scope, int join);
void wr_complex_reset(struct wr_exec *x, struct wr_activity *scope, int node);
/* Fire what the tokens that stand in front of it are enough for, should the
 * model have changed under them. */
void wr_join_settle(struct wr_exec *x);
/* First node of the scope that tokens wait at, document order; -1. */
int wr_join_marked(const struct wr_model *m, const struct wr_activity *scope);
/* The token came by `flow`: false when it has to wait for others (S0). */
bool wr_quantity_reached(struct wr_exec *x, struct wr_activity *scope, int node,
                         int flow);

#endif

/* serviceTask, businessRuleTask: a job for workers, or an expression or decision
 * in place. */

#include "engine/elements/table.h"

/* An expression that fails may be an exception that means an error. */
static enum wr_move
evaluate(struct wr_exec *x, struct wr_activity *a)
{
    enum wr_move move = wr_exec_script(x, a);

    return move == WR_THROW ? wr_outcome_thrown(x, a, NULL) : move;
}

static enum wr_move
enter(struct wr_exec *x, struct wr_activity *a)
{
    const struct wr_node *n = wr_exec_node(x, a);
    enum wr_move move;

    if (wr_exec_handled(x, a, &move))
        return move;
    if (n->decision)
        return wr_exec_decide(x, a);
    if (n->job)
        return wr_job_open(x, a);
    move = evaluate(x, a);

    return move == WR_LEAVE && n->triggerable ? wr_exec_await(x, a) : move;
}

const struct wr_element_ops wr_el_service_task = {
    .enter = enter,
};

/*
 * reopen.c: an instance that has ended is compensated (SEMANTICS S21).
 *
 * What is noted in its process stays with it.  Its caller, or for the time that
 * the process keeps it anybody who may, opens it again: it is active, its root
 * works off the log as a sub-process that came back does, and then it is what
 * it was.  Nothing but handlers runs: no event sub-process of it is armed.
 */

#include <string.h>

#include "engine/base/time.h"
#include "engine/exec/exec.h"

static bool
is_open(const struct wr_instance *i)
{
    return i->state == WR_ACTIVE || i->state == WR_SUSPENDED;
}

/* The process's own event sub-process, which undoes all of it, once. */
static int
event_sub(const struct wr_exec *x)
{
    return x->i->undone ? -1 : wr_undo_event_sub(x->m, 0);
}

bool
wr_reopen_keeps(const struct wr_exec *x)
{
    return x->i->root->log || event_sub(x) >= 0;
}

/* ---- checks ---- */

static int
check_kept(const struct wr_exec *x, struct wr_err *err)
{
    const char *keep = x->m->keep_for;
    char text[WR_INSTANT_TEXT];
    int64_t until;

    if (!keep)
        return wr_fail(err, WR_ESTATE,
                       "process '%.80s' keeps nothing to compensate after its"
                       " end: it has no keepFor",
                       x->m->process_id);
    if (wr_instant_add_duration(x->i->ended_at, keep, strlen(keep), &until, err)
        < 0)
        return wr_wrap(err, "keepFor");
    if (x->ev->now < until)
        return 0;
    wr_instant_text(until, text);

    return wr_fail(err, WR_ESTATE,
                   "what could be compensated was kept until %s", text);
}

static bool
has_entry(const struct wr_instance *i, int node)
{
    const struct wr_log_entry *e = i->root->log;

    while (e && e->node != node)
        e = e->next;

    return e;
}

static int
check_activity(const struct wr_exec *x, const char *id, struct wr_err *err)
{
    int node = wr_model_node(x->m, id);

    if (node < 0 || x->m->nodes[node].scope != 0
        || !wr_kind_is_activity(x->m->nodes[node].kind))
        return wr_fail(err, WR_ENOTFOUND,
                       "no activity '%.80s' on the process's own level", id);
    if (!has_entry(x->i, node))
        return wr_fail(err, WR_ESTATE,
                       "nothing of '%.80s' is left to compensate", id);

    return 0;
}

int
wr_reopen_check(struct wr_exec *x, struct wr_err *err)
{
    const struct wr_instance *i = x->i;

    if (!i->rev)
        return wr_fail(err, WR_ESTATE, "the instance was not started");
    if (x->ev->by_caller && (i->reopened.on || !is_open(i)))
        return 0;
    if (i->reopened.on)
        return wr_fail(err, WR_ESTATE,
                       "the instance is being compensated already");
    if (is_open(i))
        return wr_fail(err, WR_ESTATE,
                       "the instance is %s: only what has ended is compensated"
                       " by command",
                       wr_instance_state_name(i->state));
    if (check_kept(x, err) < 0)
        return err->code;
    if (x->ev->start_at)
        return check_activity(x, x->ev->start_at, err);
    if (!wr_reopen_keeps(x))
        return wr_fail(err, WR_ESTATE,
                       "nothing of the instance is left to compensate");

    return 0;
}

/* ---- there and back ---- */

/* Only the entries of `node` stay in the log. */
static void
choose(struct wr_exec *x, int node)
{
    struct wr_log_entry **at = &x->i->root->log;
    struct wr_log_entry **aside = &x->i->reopened.aside;

    while (*at) {
        struct wr_log_entry *e = *at;

        if (e->node == node) {
            at = &e->next;
            continue;
        }
        *at = e->next;
        e->next = NULL;
        *aside = e;
        aside = &e->next;
    }
}

static const struct wr_value *
describe(struct wr_exec *x)
{
    struct wr_entry e[2];
    size_t n = 0;

    if (x->ev->start_at)
        e[n++] = (struct wr_entry){
            "activity", wr_value_string(x->arena, x->ev->start_at)
        };
    if (x->ev->text)
        e[n++] = (struct wr_entry){ "reason",
                                    wr_value_string(x->arena, x->ev->text) };

    return n ? wr_value_context(x->arena, e, n) : NULL;
}

void
wr_reopen(struct wr_exec *x)
{
    struct wr_instance *i = x->i;
    struct wr_activity *root = i->root;
    int start = x->ev->start_at ? -1 : event_sub(x);

    wr_emit(x, WR_H_INSTANCE_COMPENSATING, 0, 0, NULL, describe(x));
    if (i->reopened.on) { /* by somebody else: its caller waits, too */
        i->reopened.tells = true;
        return;
    }
    i->reopened = (struct wr_reopened){ .on = true,
                                        .was = i->state,
                                        .ended_at = i->ended_at,
                                        .tells = x->ev->by_caller,
                                        .parallel = x->ev->parallel };
    i->state = WR_ACTIVE;
    i->ended_at = 0;
    if (x->ev->start_at)
        choose(x, wr_model_node(x->m, x->ev->start_at));
    root->undo = start < 0 ? WR_UNDO_SCOPE : WR_UNDO_EVENT_SUB;
    wr_undo_look_again(root);
    wr_touch(x, root);
    if (start >= 0)
        wr_event_sub_fire(x, root, start, NULL);
}

static void
tell(struct wr_exec *x)
{
    struct wr_sent *s;

    if (x->told)
        return;
    s = wr_call_send(x, WR_SENT_ENDED, &x->i->parent);
    s->state = x->i->state;
    s->code = x->thrown.code;
    s->message = x->thrown.message;
    s->thrown = x->thrown.data;
    s->at_end = x->thrown.at_end;
}

/* The root is again what it was, and so is what was not asked for. */
static void
close(struct wr_exec *x, enum wr_instance_state state, int64_t ended_at)
{
    struct wr_instance *i = x->i;
    bool tells = i->reopened.tells
                 && !(x->ev->by_caller && x->ev->type == WR_EV_CANCEL);

    i->root->undo = WR_UNDO_NONE;
    wr_undo_merge(&i->root->log, i->reopened.aside);
    i->reopened = (struct wr_reopened){ 0 };
    i->state = state;
    i->ended_at = ended_at;
    if (tells)
        tell(x);
}

void
wr_reopen_done(struct wr_exec *x)
{
    struct wr_instance *i = x->i;

    wr_cut_forget(x);
    if (i->root->undo == WR_UNDO_EVENT_SUB) {
        i->root->log = NULL; /* it undid all of it */
        i->undone = true;
    }
    wr_emit(x, WR_H_INSTANCE_COMPENSATED, 0, 0, NULL, NULL);
    close(x, i->reopened.was, i->reopened.ended_at);
}

void
wr_reopen_end(struct wr_exec *x, enum wr_instance_state state,
              enum wr_history_type type, const struct wr_value *data)
{
    struct wr_instance *i = x->i;
    bool failed = state == WR_FAILED;

    wr_cut_forget(x);
    wr_cancel_children(x, i->root, NULL);
    wr_wait_close_all(x, i->root);
    wr_emit(x, failed ? type : WR_H_INSTANCE_KEPT, 0, 0, NULL, data);
    close(x, failed ? WR_FAILED : i->reopened.was,
          failed ? x->ev->now : i->reopened.ended_at);
}

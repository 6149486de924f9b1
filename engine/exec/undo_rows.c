/*
 * undo_rows.c: logs of iterations in rows of their own (spill.h, SEMANTICS S21).
 *
 * What can be compensated of a loop is an entry for each iteration, in the log
 * of its body and then in the one entry of the loop.  The latest of them are in
 * the blob, about WR_SPILL_VALUE bytes; those before are in rows, each naming
 * the one of those before it.  In the list a row is an entry, the last one.
 * Compensated strictly they come back piece by piece.
 */

#include "engine/base/tlv.h"
#include "engine/exec/codec.h"
#include "engine/exec/decode.h"
#include "engine/exec/spill.h"

/* ---- fetching ---- */

static void
lose(struct wr_exec *x, const struct wr_err *err)
{
    if (!x->lost.code)
        x->lost = *err;
}

/* The entries in the row, latest first, and where those before them are. */
static struct wr_log_entry *
read_piece(struct wr_exec *x, const struct wr_log_entry *far)
{
    const struct wr_value *v = wr_far_value(far->rest);
    struct wr_log_entry *log = NULL, **end = &log, *more;
    int64_t n = 0, seq = far->seq;
    struct wr_err err;

    if (x->lost.code)
        return NULL;
    if (v->type != WR_V_BYTES) {
        wr_fail(&err, WR_ECORRUPT, "a piece of a log is none");
        lose(x, &err);
        return NULL;
    }
    if (wr_log_decode(x->i, x->m,
                      (struct wr_blob){ (const unsigned char *)v->string.s,
                                        v->string.len },
                      &log, &err)
        < 0) {
        lose(x, &err);
        return NULL;
    }
    for (; *end; end = &(*end)->next, n++)
        seq = (*end)->seq;
    if (far->rest->then) {
        more = wr_new(x->i->arena, struct wr_log_entry);
        *more = (struct wr_log_entry){ .node = far->node,
                                       .seq = seq - 1,
                                       .rest = far->rest->then,
                                       .more = far->more - n };
        *end = more;
    }

    return log;
}

void
wr_log_here(struct wr_exec *x, struct wr_log_entry **log)
{
    if (*log && (*log)->rest)
        *log = read_piece(x, *log);
}

void
wr_log_all(struct wr_exec *x, struct wr_log_entry **log)
{
    while (*log) {
        if ((*log)->rest) {
            *log = read_piece(x, *log);
            continue;
        }
        wr_log_all(x, &(*log)->log);
        log = &(*log)->next;
    }
}

/* ---- leaving ---- */

/* What it holds in rows itself is known by its place in the blob alone. */
static bool
has_rows(const struct wr_log_entry *log)
{
    for (; log; log = log->next) {
        if (log->rest || has_rows(log->log))
            return true;
    }

    return false;
}

static bool
may_leave(const struct wr_log_entry *e)
{
    return !e->rest && !e->handler && !has_rows(e->log);
}

/* The entries in `of`, the oldest first, behind `e`. */
static struct wr_log_entry *
put_piece(struct wr_exec *x, struct wr_log_entry **of, size_t n,
          struct wr_log_entry *far)
{
    struct wr_log_entry *e = wr_new(x->i->arena, struct wr_log_entry);
    struct wr_str bytes = { .arena = x->i->arena };
    struct wr_spilled *row;

    wr_tlv_format(&bytes, WR_STATE_FORMAT);
    for (size_t k = n; k-- > 0;)
        wr_log_encode(x->i, x->m, of[k], &bytes);
    row = wr_far_row(x, wr_value_bytes(x->i->arena, bytes.s, bytes.len));
    row->then = far ? far->rest : NULL;
    wr_far_put(x, row);
    *e = (struct wr_log_entry){ .node = of[n - 1]->node,
                                .seq = of[n - 1]->seq,
                                .rest = row,
                                .more = (int64_t)n + (far ? far->more : 0) };

    return e;
}

/* Their number; the row behind them, NULL. */
static size_t
count(struct wr_log_entry *log, struct wr_log_entry **far)
{
    size_t n = 0;

    for (; log && !log->rest; log = log->next)
        n += 1;
    *far = log;

    return n;
}

static void
shorten(struct wr_exec *x, struct wr_log_entry **log)
{
    size_t room = x->s->spill_from == 1 ? 1 : WR_SPILL_VALUE;
    struct wr_log_entry *far, **all, *e = *log;
    size_t n = count(*log, &far), from = 0, at = 0;
    struct wr_str scratch = { .arena = x->arena };

    all = wr_newn(x->arena, struct wr_log_entry *, n);
    for (size_t k = n; k-- > 0; e = e->next)
        all[k] = e;
    while (at < n && may_leave(all[at])) {
        wr_log_encode(x->i, x->m, all[at++], &scratch);
        if (scratch.len < room)
            continue;
        far = put_piece(x, all + from, at - from, far);
        scratch.len = 0;
        from = at;
    }
    if (from == 0)
        return;
    if (from < n)
        all[from]->next = far;
    else
        *log = far;
}

/* The log of a loop, of which `node` is, has entries of that alone. */
static void
keep(struct wr_exec *x, struct wr_log_entry **log, int node)
{
    for (struct wr_log_entry *e = *log; e; e = e->next) {
        for (struct wr_spilled *r = e->rest; r; r = r->then)
            r->kept = true;
        if (e->log)
            keep(x, &e->log, e->node);
    }
    if (*log && (*log)->node == node)
        shorten(x, log);
}

void
wr_log_keep(struct wr_exec *x)
{
    struct wr_activity *a = x->i->root;

    for (; a; a = wr_activity_next(x->i->root, a)) {
        bool loop = a->role == WR_ROLE_BODY && a->undo == WR_UNDO_NONE;

        if (a->log)
            keep(x, &a->log, loop ? a->node : -1);
    }
    keep(x, &x->i->reopened.aside, -1);
}

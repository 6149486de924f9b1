/* share.h: one instance's share of a batch; private to this folder. */

#ifndef WR_SHARE_H
#define WR_SHARE_H

#include "engine/runtime/slot.h"

/* What a step had to say to another instance, and the command it was. */
struct wr_said {
    struct wr_said *next;
    const struct wr_sent *sent;
    const struct wr_event *cause;
};

struct wr_share { /* one instance's share of a batch; at most one item */
    struct wr_runtime *rt;
    struct wr_round *round;
    struct wr_uuid instance;
    struct wr_request *requests, **end; /* arrival order */
    int n_stepped;                      /* of them in the item */
    int n_told; /* events of its family in the item (family.c) */
    const struct wr_definition *definition; /* as loaded */
    const struct wr_definition *became; /* by a migration in the item; NULL */
    struct wr_instance_row row;         /* as loaded; rev 0: to be started */
    struct wr_arena *arena;             /* holds it */
    bool from_memory;                   /* perhaps stale: it must not refuse */
    struct wr_result *result;           /* NULL: no item */
    struct wr_step step;                /* while there is a result */
    struct wr_outside outside;
    const struct wr_decided *decided; /* by the step */
    struct wr_said *said;             /* not handed over yet, in order */
    struct wr_uuid job, lease;        /* of the one command that has a lease */
    struct wr_uuid outbox;            /* of the one that settles a row */
    const struct wr_idempotency_row *idempotency;
    enum wr_version_check check;
    bool cut;
    bool locked, deferred; /* turn.c; deferred: not in this batch */
    int family;  /* shares of one number stand or fall together; 0: alone */
    bool broken; /* not in this batch: its requests are stepped again */
    struct wr_share *chained; /* round.c */
};

struct wr_round {
    struct wr_runtime *rt;
    struct wr_share **shares; /* stay where they are */
    struct wr_item *items;    /* to be committed, and of which shares */
    struct wr_share **item_shares;
    int n, n_items, cap;
    int n_families, n_told; /* family.c */
    struct wr_share *chains[256];
};

/* Load the instance and step as many of the requests as fit one item; those
 * that fail are answered and taken out.  n_stepped 0: there is no item. */
void wr_share_step(struct wr_share *w);
/* Ready to be stepped: loaded, with a result. */
WR_MUST int wr_share_open(struct wr_share *w, int32_t tenant,
                          struct wr_err *err);
/* The same for an instance that is to be started; takes the definition over. */
void wr_share_open_new(struct wr_share *w, const struct wr_definition *d,
                       int32_t tenant, bool latest);
/* One event more into the share's item; as wr_step(). */
WR_MUST int wr_share_tell(struct wr_share *w, const struct wr_event *ev,
                          int budget, struct wr_err *err);
/* What it runs on after what was stepped. */
static inline const struct wr_definition *
wr_share_definition(const struct wr_share *w)
{
    return w->became ? w->became : w->definition;
}
static inline bool
wr_share_has_item(const struct wr_share *w)
{
    return !w->broken && w->n_stepped + w->n_told > 0;
}
/* What the item begins to wait for, in its result's arena (matched.c). */
void wr_matches_of(struct wr_share *w, struct wr_item *item);
/* Forget what was stepped and loaded, not the requests. */
void wr_share_unload(struct wr_share *w);

/* Something was stepped: is that the end of what may run? (spent.c) */
void wr_spent_add(struct wr_share *w);

/* ---- turns with other processes (turn.c) ---- */

/* May its requests be stepped now?  false: another process has the instance. */
bool wr_turn_take(struct wr_share *w);
void wr_turn_end(struct wr_share *w);
/* Another process moved the instance. */
void wr_turn_met(struct wr_share *w);

/* ---- the round (round.c) ---- */

struct wr_round *wr_round_of(struct wr_runtime *rt);
void wr_round_free(struct wr_runtime *rt);
void wr_round_begin(struct wr_round *b);
void wr_round_end(struct wr_round *b);
/* The share of this instance; NULL. */
struct wr_share *wr_round_find(struct wr_round *b, const struct wr_uuid *id);
struct wr_share *wr_round_add(struct wr_round *b, const struct wr_uuid *id);

/* ---- the family (family.c) ---- */

/* Hand over what the share has to say to others, and what those answer, until
 * nobody has anything to say. */
void wr_family_settle(struct wr_share *w);
/* Take the share and all that stand or fall with it out of this batch; their
 * requests are stepped again, from the store. */
void wr_family_break(struct wr_share *w);
/* Requests that were stepped into the items of the family. */
int wr_family_stepped(const struct wr_share *w);
/* From now on each of them is in a batch of its own. */
void wr_family_isolate(struct wr_share *w);
extern const struct wr_outside wr_family_outside;

#endif

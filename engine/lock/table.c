/* table: who has which buckets, in memory; the reference of the contract. */

#include "engine/lock/table.h"

#include <stdlib.h>
#include <string.h>

struct place {
    struct wr_member member; /* owner "": free */
    int64_t until;
};

struct wr_table {
    struct wr_table *next;
    char *key;
    long version;
    struct place places[WR_MEMBERS];
    short of[WR_BUCKETS]; /* 1 + its place; 0: nobody's */
};

static struct wr_table *
find(struct wr_table **all, const char *key)
{
    struct wr_table *t = *all;

    while (t && strcmp(t->key, key) != 0)
        t = t->next;
    if (t)
        return t;
    t = calloc(1, sizeof(*t));
    if (!t || !(t->key = strdup(key)))
        abort();
    t->next = *all;
    *all = t;

    return t;
}

static void
leave(struct wr_table *t, int at)
{
    t->places[at].member.owner[0] = '\0';
    for (int b = 0; b < WR_BUCKETS; b++)
        if (t->of[b] == at + 1)
            t->of[b] = 0;
    t->version++;
}

/* Those that are silent. */
static void
sweep(struct wr_table *t, const char *owner, int64_t now)
{
    for (int i = 0; i < WR_MEMBERS; i++) {
        const struct place *p = &t->places[i];

        if (p->member.owner[0] && p->until <= now
            && strcmp(p->member.owner, owner) != 0)
            leave(t, i);
    }
}

/* Of this owner; "": a free one. */
static int
place_of(const struct wr_table *t, const char *owner)
{
    for (int i = 0; i < WR_MEMBERS; i++)
        if (strcmp(t->places[i].member.owner, owner) == 0)
            return i;

    return -1;
}

static void
pass(struct wr_table *t, int at, const struct wr_share_ask *ask)
{
    short me = (short)(at + 1);
    bool moved = false;

    for (int b = 0; b < WR_BUCKETS; b++) {
        short was = t->of[b];

        if (was == me && wr_buckets_has(&ask->give, b))
            t->of[b] = 0;
        else if (was == 0 && wr_buckets_has(&ask->want, b))
            t->of[b] = me;
        moved |= t->of[b] != was;
    }
    t->version += moved;
}

static void
answer(const struct wr_table *t, int at, const struct wr_share_ask *ask,
       bool known, struct wr_share_answer *out)
{
    out->version = t->version;
    out->same = known && ask->version && t->version == ask->version;
    out->mine = (struct wr_buckets){ 0 };
    for (int b = 0; b < WR_BUCKETS; b++)
        if (t->of[b] == at + 1)
            wr_buckets_add(&out->mine, b);
    out->n = 0;
    for (int i = 0; i < WR_MEMBERS; i++)
        if (t->places[i].member.owner[0])
            out->members[out->n++] = t->places[i].member;
}

void
wr_table_ask(struct wr_table **all, const char *key, int64_t now,
             const struct wr_share_ask *ask, struct wr_share_answer *out)
{
    struct wr_table *t = find(all, key);
    int at = place_of(t, ask->me.owner);
    bool known = at >= 0;

    sweep(t, ask->me.owner, now);
    if (!known)
        at = place_of(t, "");
    if (at < 0)
        abort(); /* one process has not so many slots */
    if (!known)
        t->version++;
    t->places[at] = (struct place){ ask->me, now + ask->ttl_ms };
    if (ask->ttl_ms == 0)
        leave(t, at);
    else
        pass(t, at, ask);
    answer(t, at, ask, known && ask->ttl_ms, out);
}

void
wr_table_free(struct wr_table *all)
{
    while (all) {
        struct wr_table *next = all->next;

        free(all->key);
        free(all);
        all = next;
    }
}

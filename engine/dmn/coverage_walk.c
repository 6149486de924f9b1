/* Walks over the columns of a decision table: gaps and rules that never
 * decide. */
#include <string.h>

#include "engine/dmn/coverage.h"

/* One column of the walk. */
struct level {
    size_t *class;   /* by region: which class it is in */
    uint64_t *rules; /* by class: the rules that are left */
    uint64_t *set;   /* the class the walk is in, as regions */
};

struct walk {
    struct wr_coverage *c;
    struct level *levels;
    const uint64_t **sets; /* the box so far */
    uint64_t **by_region;  /* by column: rules of each region */
    size_t *full_from;     /* by rule: all columns from this one on are full */
    size_t n_words;        /* of a set of rules */
    const size_t *within;  /* only where this rule matches; NULL */
    bool (*found)(struct walk *w); /* false: enough */
    struct wr_cover_report *report;
    bool stopped, spent;
};

static bool
is_empty(const uint64_t *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (set[i])
            return false;

    return true;
}

static bool
is_covered(const struct walk *w, size_t column, const uint64_t *alive)
{
    for (size_t i = 0; i < w->c->rules; i++)
        if (wr_bit(alive, i) && w->full_from[i] <= column)
            return true;

    return false;
}

static bool
is_within(const struct walk *w, size_t column, size_t region)
{
    return !w->within
           || wr_bit(wr_cell_of(w->c, *w->within, column)->bits, region);
}

enum {
    OUTSIDE = SIZE_MAX
};

/* Classes of the column's regions by the rules they leave; their number. */
static size_t
classify(struct walk *w, size_t column, const uint64_t *alive)
{
    struct level *l = &w->levels[column];
    size_t n = 0, k;

    for (size_t i = 0; i < w->c->domains[column].n; i++) {
        uint64_t *mine = l->rules + n * w->n_words;
        const uint64_t *of = w->by_region[column] + i * w->n_words;

        l->class[i] = OUTSIDE;
        if (!is_within(w, column, i))
            continue;
        for (k = 0; k < w->n_words; k++)
            mine[k] = alive[k] & of[k];
        for (k = 0; k < n; k++)
            if (memcmp(l->rules + k * w->n_words, mine,
                       w->n_words * sizeof(*mine))
                == 0)
                break;
        w->spent |= !wr_cover_charge(w->c, (k + 1) * w->n_words);
        l->class[i] = k;
        n += k == n;
    }

    return n;
}

static void
choose(struct walk *w, size_t column, size_t class)
{
    const struct level *l = &w->levels[column];
    size_t n = w->c->domains[column].n;

    memset(l->set, 0, wr_bit_words(n) * sizeof(*l->set));
    for (size_t i = 0; i < n; i++)
        if (l->class[i] == class)
            wr_bit_set(l->set, i);
    w->sets[column] = l->set;
}

/* Nothing is chosen from this column on. */
static void
open_rest(struct walk *w, size_t column)
{
    for (size_t i = column; i < w->c->columns; i++)
        w->sets[i] = w->within ? wr_cell_of(w->c, *w->within, i)->bits : NULL;
}

static void
descend(struct walk *w, size_t column, const uint64_t *alive)
{
    size_t n;

    w->spent |= !wr_cover_charge(w->c, w->c->rules);
    if (w->stopped || w->spent || is_covered(w, column, alive))
        return;
    if (is_empty(alive, w->n_words)) {
        open_rest(w, column);
        w->stopped = !w->found(w);
        return;
    }
    n = classify(w, column, alive);
    for (size_t i = 0; i < n && !w->stopped && !w->spent; i++) {
        choose(w, column, i);
        descend(w, column + 1, w->levels[column].rules + i * w->n_words);
    }
}

static void
read_columns(struct walk *w)
{
    struct wr_coverage *c = w->c;

    for (size_t i = 0; i < c->columns; i++) {
        struct level *l = &w->levels[i];
        size_t n = c->domains[i].n;

        w->by_region[i] = wr_newn(c->ev->arena, uint64_t, n * w->n_words + 1);
        l->class = wr_newn(c->ev->arena, size_t, n + 1);
        l->rules = wr_newn(c->ev->arena, uint64_t, (n + 1) * w->n_words);
        l->set = wr_newn(c->ev->arena, uint64_t, wr_bit_words(n) + 1);
        for (size_t r = 0; r < c->rules; r++)
            for (size_t k = 0; c->decided[r] && k < n; k++)
                if (wr_bit(wr_cell_of(c, r, i)->bits, k))
                    wr_bit_set(w->by_region[i] + k * w->n_words, r);
    }
}

/* Room for walks over the table; false: it is too large. */
static bool
prepare(struct walk *w, struct wr_cover_report *r)
{
    struct wr_coverage *c = r->c;
    size_t cost = 0;

    *w =
        (struct walk){ .c = c, .report = r, .n_words = wr_bit_words(c->rules) };
    for (size_t i = 0; i < c->columns; i++)
        cost += (c->domains[i].n + 1) * (c->rules + 1);
    if (!wr_cover_charge(c, cost))
        return false;
    w->levels = wr_newn(c->ev->arena, struct level, c->columns + 1);
    w->sets = wr_newn(c->ev->arena, const uint64_t *, c->columns + 1);
    w->by_region = wr_newn(c->ev->arena, uint64_t *, c->columns + 1);
    w->full_from = wr_newn(c->ev->arena, size_t, c->rules + 1);
    read_columns(w);
    for (size_t i = 0; i < c->rules; i++) {
        w->full_from[i] = c->columns;
        while (w->full_from[i] > 0
               && wr_cell_of(c, i, w->full_from[i] - 1)->all)
            w->full_from[i]--;
    }

    return true;
}

static uint64_t *
no_rules(const struct walk *w)
{
    return wr_newn(w->c->ev->arena, uint64_t, w->n_words + 1);
}

static bool
report_gap(struct walk *w)
{
    struct wr_coverage *c = w->c;
    struct wr_box box = { w->sets };
    const char *where;

    if (!wr_cover_room(w->report, WR_F_TABLE_GAP, c->t->line))
        return false;
    where = wr_box_text(c, &box);
    wr_found(w->report->findings, WR_F_TABLE_GAP, wr_cover_element(c->t, NULL),
             c->t->line, "no rule of '%s' covers %s, for example %s",
             wr_cover_name(c->t), *where ? where : "anything",
             wr_box_example(c, &box));

    return true;
}

static void
judge_gaps(struct wr_cover_report *r, struct walk *w)
{
    uint64_t *alive = no_rules(w);

    for (size_t i = 0; i < r->c->rules; i++)
        if (r->c->decided[i])
            wr_bit_set(alive, i);
    w->within = NULL;
    w->stopped = false;
    w->found = report_gap;
    descend(w, 0, alive);
}

/* ---- rules that never decide ---- */

static bool
stop(struct walk *w)
{
    (void)w;

    return false;
}

/* What the rule gives, when it is always the same. */
static const struct wr_value *
output_of(const struct wr_coverage *c, size_t rule)
{
    for (size_t i = 0; i < c->t->n_outputs; i++)
        if (!wr_dmn_is_constant(c->t->rules[rule].outputs[i]))
            return NULL;

    return wr_dmn_row(c->ev, c->t, c->t->rules[rule].outputs);
}

/* Where both match, does x decide? */
static bool
comes_first(const struct wr_coverage *c, size_t x, size_t y,
            const struct wr_value *const *outputs)
{
    bool before = false;

    if (c->t->policy == WR_HIT_FIRST)
        return x < y;
    if (!outputs[x] || !outputs[y])
        return false;
    if (!wr_dmn_before(c->ev, c->t, outputs[x], outputs[y], &before) || before)
        return before;

    return x < y && wr_dmn_before(c->ev, c->t, outputs[y], outputs[x], &before)
           && !before;
}

static void
judge_rule(struct wr_cover_report *r, struct walk *w, size_t y,
           const struct wr_value *const *outputs)
{
    const struct wr_table_rule *rule = &r->c->t->rules[y];
    uint64_t *alive = no_rules(w);

    for (size_t x = 0; x < r->c->rules; x++)
        if (x != y && r->c->decided[x] && comes_first(r->c, x, y, outputs))
            wr_bit_set(alive, x);
    w->within = &y;
    w->stopped = false;
    w->found = stop;
    descend(w, 0, alive);
    if (!w->stopped && !w->spent
        && wr_cover_room(r, WR_F_RULE_MASKED, rule->line))
        wr_found(r->findings, WR_F_RULE_MASKED, wr_cover_element(r->c->t, rule),
                 rule->line,
                 "rule %zu of '%s' never decides: rules that come before it "
                 "by the hit policy %s match wherever it does",
                 y + 1, wr_cover_name(r->c->t),
                 wr_dmn_policy_name(r->c->t->policy));
}

static void
judge_masked(struct wr_cover_report *r, struct walk *w)
{
    struct wr_coverage *c = r->c;
    const struct wr_value **outputs = wr_newn(
        c->ev->arena, const struct wr_value *, c->rules + 1);

    for (size_t i = 0; i < c->rules; i++)
        outputs[i] = output_of(c, i);
    for (size_t i = 0; i < c->rules && !w->spent; i++)
        if (c->decided[i] && c->reachable[i])
            judge_rule(r, w, i, outputs);
}

bool
wr_cover_walk(struct wr_cover_report *r, bool gaps)
{
    enum wr_policy policy = r->c->t->policy;
    struct walk w;

    if (!prepare(&w, r))
        return false;
    if (gaps)
        judge_gaps(r, &w);
    if (policy == WR_HIT_FIRST || policy == WR_HIT_PRIORITY)
        judge_masked(r, &w);

    return !w.spent;
}

#include "engine/dmn/coverage.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/dmn/rules.h"

enum {
    BUDGET = 4000000,    /* steps for one table */
    TOTAL = 10 * BUDGET, /* and for all of a model */
    EVALUATION = 50,     /* steps that one test of one region stands for */
    SHOWN = 10           /* findings of one kind of one table */
};

bool
wr_cover_charge(struct wr_coverage *c, size_t n)
{
    c->budget -= (int64_t)n;

    return c->budget > 0;
}

/* ---- what is found ---- */

const char *
wr_cover_element(const struct wr_table *t, const struct wr_table_rule *r)
{
    if (r && *r->id)
        return r->id;

    return t->of ? t->of->id : NULL;
}

const char *
wr_cover_name(const struct wr_table *t)
{
    return t->of ? t->of->name : "";
}

bool
wr_cover_room(struct wr_cover_report *r, enum wr_found found, int line)
{
    if (r->found != found || r->n == 0) {
        r->found = found;
        r->n = 0;
    }
    if (r->n++ < SHOWN)
        return true;
    if (r->n == SHOWN + 1)
        wr_found(r->findings, found, wr_cover_element(r->c->t, NULL), line,
                 "there are more in the decision table of '%s'",
                 wr_cover_name(r->c->t));

    return false;
}

static void
left_out(struct wr_cover_report *r, const char *what)
{
    wr_found(r->findings, WR_F_TABLE_OPEN, wr_cover_element(r->c->t, NULL),
             r->c->t->line, "the decision table of '%s': %s",
             wr_cover_name(r->c->t), what);
}

/* ---- cells ---- */

static const char *
text_of(const struct wr_node *test)
{
    return test->kind == WR_N_PART ? test->part->text : NULL;
}

/* The cell above with the same text. */
static const struct wr_cell *
like(const struct wr_coverage *c, size_t rule, size_t column)
{
    const char *text = text_of(c->t->rules[rule].tests[column]);

    for (size_t i = 0; text && i < rule; i++) {
        const char *other = text_of(c->t->rules[i].tests[column]);

        if (other && strcmp(text, other) == 0)
            return wr_cell_of(c, i, column);
    }

    return NULL;
}

static bool
fill(struct wr_coverage *c, struct wr_cell *cell, const struct wr_node *test,
     const struct wr_domain *d)
{
    uint64_t *bits = wr_newn(c->ev->arena, uint64_t, wr_bit_words(d->n) + 1);
    size_t n = 0;

    if (!wr_cover_charge(c, d->n * EVALUATION))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        int ok = wr_dmn_passes(c->ev, test, d->regions[i].example);

        if (ok < 0)
            return false;
        if (!ok)
            continue;
        wr_bit_set(bits, i);
        n++;
    }
    cell->bits = bits;
    cell->all = n == d->n;

    return true;
}

static bool
read_cell(struct wr_coverage *c, size_t rule, size_t column)
{
    const struct wr_node *test = c->t->rules[rule].tests[column];
    struct wr_cell *cell = &c->cells[rule * c->columns + column];
    const struct wr_domain *d = &c->domains[column];
    const struct wr_cell *same = like(c, rule, column);

    if (!wr_cover_charge(c, rule + 1))
        return false;
    if (same) {
        *cell = *same;
        return true;
    }
    cell->undecided = wr_dmn_undecided(test);
    if (cell->undecided)
        return true;

    return fill(c, cell, test, d);
}

static bool
has_some(const struct wr_coverage *c, size_t rule, size_t column)
{
    const struct wr_cell *cell = wr_cell_of(c, rule, column);

    for (size_t i = 0; i < wr_bit_words(c->domains[column].n); i++)
        if (cell->bits[i])
            return true;

    return false;
}

static bool
read_rule(struct wr_coverage *c, size_t rule)
{
    c->decided[rule] = c->reachable[rule] = true;
    for (size_t i = 0; i < c->columns; i++) {
        if (!read_cell(c, rule, i))
            return false;
        if (wr_cell_of(c, rule, i)->undecided)
            c->decided[rule] = false;
        else if (!has_some(c, rule, i))
            c->reachable[rule] = false;
    }

    return true;
}

/* ---- pairs of rules ---- */

static const uint64_t *
both(const struct wr_coverage *c, size_t x, size_t y, size_t column)
{
    const struct wr_cell *a = wr_cell_of(c, x, column);
    const struct wr_cell *b = wr_cell_of(c, y, column);
    size_t n = wr_bit_words(c->domains[column].n);
    uint64_t *bits = wr_newn(c->ev->arena, uint64_t, n + 1);

    for (size_t i = 0; i < n; i++)
        bits[i] = a->bits[i] & b->bits[i];

    return bits;
}

static bool
meet(const struct wr_coverage *c, size_t x, size_t y)
{
    for (size_t i = 0; i < c->columns; i++) {
        const struct wr_cell *a = wr_cell_of(c, x, i), *b = wr_cell_of(c, y, i);
        uint64_t some = 0;

        for (size_t k = 0; k < wr_bit_words(c->domains[i].n); k++)
            some |= a->bits[k] & b->bits[k];
        if (!some)
            return false;
    }

    return true;
}

static void
report_pair(struct wr_cover_report *r, size_t x, size_t y, enum wr_found found,
            const char *why)
{
    struct wr_coverage *c = r->c;
    const struct wr_table_rule *rule = &c->t->rules[y];
    const uint64_t **sets = wr_newn(c->ev->arena, const uint64_t *,
                                    c->columns + 1);
    struct wr_box box = { sets };
    const char *where;

    for (size_t i = 0; i < c->columns; i++)
        sets[i] = both(c, x, y, i);
    where = wr_box_text(c, &box);
    wr_found(r->findings, found, wr_cover_element(c->t, rule), rule->line,
             "rules %zu and %zu of '%s' both match %s%s, for example %s, %s",
             x + 1, y + 1, wr_cover_name(c->t),
             *where ? "where " : "everything", where, wr_box_example(c, &box),
             why);
}

/* May the outputs of the two differ? */
static const char *
different(const struct wr_coverage *c, size_t x, size_t y)
{
    const struct wr_table_rule *a = &c->t->rules[x], *b = &c->t->rules[y];
    bool unknown = false;

    for (size_t i = 0; i < c->t->n_outputs; i++) {
        const struct wr_node *p = a->outputs[i], *q = b->outputs[i];
        const struct wr_value *v, *w;

        if (text_of(p) && text_of(q) && strcmp(text_of(p), text_of(q)) == 0)
            continue;
        if (!wr_dmn_is_constant(p) || !wr_dmn_is_constant(q)) {
            unknown = true;
            continue;
        }
        v = wr_eval(c->ev, p);
        w = v ? wr_eval(c->ev, q) : NULL;
        if (!w || !wr_value_equal(v, w))
            return "with different outputs, but the hit policy is ANY";
    }

    return unknown ? "with outputs that may differ, but the hit policy is ANY"
                   : NULL;
}

static void
judge_pair(struct wr_cover_report *r, size_t x, size_t y)
{
    const char *why = "but the hit policy is UNIQUE";
    enum wr_found found = WR_F_RULES_OVERLAP;

    if (!meet(r->c, x, y))
        return;
    if (r->c->t->policy == WR_HIT_ANY) {
        found = WR_F_RULES_DIFFER;
        why = different(r->c, x, y);
    }
    if (why && wr_cover_room(r, found, r->c->t->line))
        report_pair(r, x, y, found, why);
}

/* false: too many. */
static bool
judge_pairs(struct wr_cover_report *r)
{
    struct wr_coverage *c = r->c;

    for (size_t y = 1; y < c->rules; y++)
        for (size_t x = 0; x < y; x++) {
            if (!c->decided[x] || !c->decided[y])
                continue;
            if (!wr_cover_charge(c, c->columns))
                return false;
            judge_pair(r, x, y);
        }

    return true;
}

/* ---- a table ---- */

static void
judge_unreachable(struct wr_cover_report *r)
{
    const struct wr_coverage *c = r->c;

    for (size_t i = 0; i < c->rules; i++) {
        const struct wr_table_rule *rule = &c->t->rules[i];
        size_t k = 0;

        if (c->reachable[i])
            continue;
        while (wr_cell_of(c, i, k)->undecided || has_some(c, i, k))
            k++;
        if (wr_cover_room(r, WR_F_RULE_NEVER, rule->line))
            wr_found(r->findings, WR_F_RULE_NEVER, wr_cover_element(c->t, rule),
                     rule->line,
                     "rule %zu of '%s' never matches: nothing that '%s' can "
                     "be passes %s",
                     i + 1, wr_cover_name(c->t), c->t->inputs[k].text,
                     text_of(rule->tests[k]) ? text_of(rule->tests[k]) : "it");
    }
}

/* The first entry that cannot be told is named. */
static bool
all_decided(struct wr_cover_report *r)
{
    const struct wr_coverage *c = r->c;

    for (size_t i = 0; i < c->rules; i++)
        for (size_t k = 0; k < c->columns; k++) {
            const struct wr_cell *cell = wr_cell_of(c, i, k);
            const char *text = text_of(c->t->rules[i].tests[k]);

            if (!cell->undecided)
                continue;
            left_out(r, wr_arena_printf(
                            c->ev->arena,
                            "gaps are not looked for, and overlaps only among "
                            "other rules, because the entry of rule %zu for "
                            "'%s' is %s%s%s",
                            i + 1, c->t->inputs[k].text, cell->undecided,
                            text ? ": " : "", text ? text : ""));
            return false;
        }

    return true;
}

static bool
read_table(struct wr_cover_report *r)
{
    struct wr_coverage *c = r->c;

    for (size_t i = 0; i < c->columns; i++) {
        wr_dmn_domain(c->ev, c->t, i, &c->domains[i]);
        if (!c->domains[i].no)
            continue;
        left_out(
            r, wr_arena_printf(
                   c->ev->arena,
                   "gaps and overlaps are not looked for, because '%s' has %s",
                   c->t->inputs[i].text, c->domains[i].no));
        return false;
    }
    for (size_t i = 0; i < c->rules; i++)
        if (!read_rule(c, i)) {
            left_out(r, "gaps and overlaps are not looked for: it is too "
                        "large");
            return false;
        }

    return true;
}

static bool
has_fallback(const struct wr_table *t)
{
    for (size_t i = 0; i < t->n_outputs; i++)
        if (t->outputs[i].fallback)
            return true;

    return false;
}

static void
judge(struct wr_cover_report *r)
{
    enum wr_policy policy = r->c->t->policy;
    bool certain;

    if (!read_table(r))
        return;
    judge_unreachable(r);
    certain = all_decided(r);
    if ((policy == WR_HIT_UNIQUE || policy == WR_HIT_ANY) && !judge_pairs(r)) {
        left_out(r, "not all overlaps are looked for: it is too large");
        return;
    }
    if (!wr_cover_walk(r, certain && !has_fallback(r->c->t)))
        left_out(r, "not all gaps and masked rules are looked for: it is too "
                    "large");
}

/* Takes what it spends off *left. */
static void
cover(const struct wr_table *t, int64_t *left, struct wr_findings *findings)
{
    int64_t budget = *left < BUDGET ? *left : BUDGET;
    static const struct wr_expr whole = { .text = "" };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(1 << 16);
    struct wr_expr_env env = { .arena = a, .budget = budget };
    struct wr_err err = { 0 };
    struct wr_eval ev = {
        .expr = &whole,
        .env = &env,
        .arena = a,
        .err = &err,
    };
    struct wr_coverage c = {
        .ev = &ev,
        .t = t,
        .columns = t->n_inputs,
        .rules = t->n_rules,
        .budget = budget,
    };
    struct wr_cover_report r = { .c = &c, .findings = findings };

    c.domains = wr_newn(a, struct wr_domain, c.columns + 1);
    c.cells = wr_newn(a, struct wr_cell, c.columns * c.rules + 1);
    c.decided = wr_newn(a, bool, c.rules + 1);
    c.reachable = wr_newn(a, bool, c.rules + 1);
    judge(&r);
    *left -= budget - (c.budget < env.budget ? c.budget : env.budget);
}

static void
cover_all(const struct wr_dmn *d, const struct wr_table *t,
          struct wr_findings *findings)
{
    int64_t left = TOTAL;

    for (; t; t = t->next)
        if (t->of && t->of->file == d->files)
            cover(t, &left, findings);
}

void
wr_dmn_lint(const struct wr_dmn *d, struct wr_findings *findings)
{
    wr_dmn_rules_graph(d, findings);
    wr_dmn_rules_boxed(d, findings);
    wr_dmn_rules_table(d, findings);
    wr_dmn_rules_names(d, findings);
    cover_all(d, d->tables, findings);
    wr_findings_sort(findings);
}

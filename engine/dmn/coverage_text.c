/* Boxes of a decision table in words and as FEEL. */
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/str.h"
#include "engine/dmn/coverage.h"

static bool
has(const uint64_t *set, size_t i)
{
    return !set || wr_bit(set, i);
}

/* ---- one column as unary tests ---- */

struct tests {
    struct wr_str text;
    size_t n;
    bool others; /* they tell what is not in the set */
};

static struct wr_str *
next_test(struct tests *t)
{
    if (t->n++)
        wr_str_add(&t->text, ", ");

    return &t->text;
}

static bool
is_point(const struct wr_region *r)
{
    return r->lo && r->lo == r->hi;
}

/* The regions from..to, neighbours without a hole. */
static void
add_run(struct tests *t, const struct wr_region *from,
        const struct wr_region *to)
{
    struct wr_str *s = next_test(t);
    bool closed_from = is_point(from), closed_to = is_point(to);

    if (from == to && closed_from) {
        wr_dmn_literal(s, from->example);
    } else if (from->lo && to->hi) {
        wr_str_addc(s, closed_from ? '[' : '(');
        wr_dmn_literal(s, from->lo);
        wr_str_add(s, "..");
        wr_dmn_literal(s, to->hi);
        wr_str_addc(s, closed_to ? ']' : ')');
    } else if (from->lo) {
        wr_str_add(s, closed_from ? ">= " : "> ");
        wr_dmn_literal(s, from->lo);
    } else if (to->hi) {
        wr_str_add(s, closed_to ? "<= " : "< ");
        wr_dmn_literal(s, to->hi);
    }
}

/* Booleans are points, and null is behind all others. */
static bool
joins(const struct wr_region *r, const struct wr_region *next)
{
    return next->rank == r->rank + 1 && r->example->type > WR_V_BOOL
           && next->example->type == r->example->type;
}

static void
add_runs(struct tests *t, const struct wr_domain *d, const uint64_t *set)
{
    for (size_t i = 0; i < d->n; i++) {
        size_t to = i;

        if (!has(set, i))
            continue;
        while (to + 1 < d->n && has(set, to + 1)
               && joins(&d->regions[to], &d->regions[to + 1]))
            to++;
        add_run(t, &d->regions[i], &d->regions[to]);
        i = to;
    }
}

static void
add_names(struct tests *t, const struct wr_domain *d, const uint64_t *set)
{
    for (size_t i = 0; i < d->n; i++)
        if (has(set, i) != t->others)
            wr_dmn_literal(next_test(t), d->regions[i].example);
}

static bool
is_names(const struct wr_domain *d)
{
    for (size_t i = 0; i < d->n; i++) {
        const struct wr_region *r = &d->regions[i];

        if (r->rest)
            return true;
        if (r->example->type == WR_V_STRING && !is_point(r))
            return false;
    }

    return d->n > 0 && d->regions[0].example->type <= WR_V_STRING
           && d->regions[0].example->type != WR_V_NUMBER;
}

/* Does it hold all regions of the column? */
static bool
is_full(const struct wr_domain *d, const uint64_t *set)
{
    for (size_t i = 0; i < d->n; i++)
        if (!has(set, i))
            return false;

    return true;
}

/* Has it all strings but those that are named and not in the set? */
static bool
has_rest(const struct wr_domain *d, const uint64_t *set)
{
    for (size_t i = 0; i < d->n; i++)
        if (d->regions[i].rest && has(set, i))
            return true;

    return false;
}

/* "x > 20", "x = 5", "x in ([1..2], > 7)", "not(x in ("a", "b"))". */
static void
add_column(struct wr_str *out, const struct wr_coverage *c, size_t column,
           const uint64_t *set)
{
    const struct wr_domain *d = &c->domains[column];
    const char *name = c->t->inputs[column].text, *text;
    struct tests t = {
        .text = { .arena = c->ev->arena },
        .others = has_rest(d, set),
    };

    if (is_names(d))
        add_names(&t, d, set);
    else
        add_runs(&t, d, set);
    text = wr_str_text(&t.text);
    if (t.n > 1)
        wr_str_printf(out, t.others ? "not(%s in (%s))" : "%s in (%s)", name,
                      text);
    else if (*text == '<' || *text == '>')
        wr_str_printf(out, "%s %s", name, text);
    else if (*text == '[' || *text == '(')
        wr_str_printf(out, "%s in %s", name, text);
    else
        wr_str_printf(out, "%s %s %s", name, t.others ? "!=" : "=", text);
}

const char *
wr_box_text(const struct wr_coverage *c, const struct wr_box *box)
{
    struct wr_str s = { .arena = c->ev->arena };

    for (size_t i = 0; i < c->columns; i++) {
        if (is_full(&c->domains[i], box->sets[i]))
            continue;
        wr_str_add(&s, s.len ? " and " : "");
        add_column(&s, c, i, box->sets[i]);
    }

    return wr_str_text(&s);
}

static bool
is_name(const char *s)
{
    return *s
           && strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxy"
                        "z0123456789_ ")
                  == strlen(s);
}

const char *
wr_box_example(const struct wr_coverage *c, const struct wr_box *box)
{
    struct wr_str s = { .arena = c->ev->arena };

    wr_str_addc(&s, '{');
    for (size_t i = 0; i < c->columns; i++) {
        const struct wr_domain *d = &c->domains[i];
        size_t k = 0;

        if (d->any)
            continue;
        while (k + 1 < d->n && !has(box->sets[i], k))
            k++;
        wr_str_add(&s, s.len > 1 ? ", " : "");
        if (is_name(c->t->inputs[i].feel))
            wr_str_add(&s, c->t->inputs[i].feel);
        else
            wr_dmn_literal(&s,
                           wr_value_string(c->ev->arena, c->t->inputs[i].feel));
        wr_str_add(&s, ": ");
        if (k < d->n)
            wr_dmn_literal(&s, d->regions[k].example);
    }
    wr_str_addc(&s, '}');

    return wr_str_text(&s);
}

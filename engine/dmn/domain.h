/*
 * domain.h: what an input of a decision table can be (inside engine/dmn).
 *
 * The constants of a column's entries cut the values of its type into points
 * and the open intervals between them: regions.  Every entry that is made of
 * comparisons of the input with constants is true on the whole of a region or
 * on none of it, so one example of each says what it does.
 */

#ifndef WR_DMN_DOMAIN_H
#define WR_DMN_DOMAIN_H

#include "engine/dmn/table.h"

struct wr_region {
    const struct wr_value *example; /* a value in it */
    const struct wr_value *lo, *hi; /* one value: equal; NULL: no end there */
    bool rest;   /* of strings without order: every one that is not named */
    size_t rank; /* neighbours have ranks that follow each other */
};

struct wr_domain {
    struct wr_region *regions;
    size_t n;
    bool any;       /* of unknown type and never tested: one region, no value */
    const char *no; /* why it cannot be cut into regions; NULL: it is */
};

/* Does the expression have one value, whatever the inputs are? */
bool wr_dmn_is_constant(const struct wr_node *n);
/* Is the entry made of comparisons of the input with constants?  NULL, or what
 * it is not. */
const char *wr_dmn_undecided(const struct wr_node *test);

/*
 * The domain of the table's column.  Entries of wr_dmn_undecided() are left
 * out of it.  null is a region where an entry names it and is left out
 * otherwise; values that the type or inputValues forbid are left out.
 */
void wr_dmn_domain(struct wr_eval *ev, const struct wr_table *t, size_t column,
                   struct wr_domain *out);

/* FEEL that gives the value: dates as @"2026-01-01". */
void wr_dmn_literal(struct wr_str *out, const struct wr_value *v);

#endif

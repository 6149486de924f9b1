/*
 * coverage.h: gaps and overlaps of decision tables (inside engine/dmn).
 *
 * Every entry is a set of regions of its column (domain.h), so a rule is a box
 * and questions about rules are questions about boxes.  Pairs of boxes tell
 * overlaps.  A walk over the columns finds what no box covers: at every column
 * the regions fall into classes that leave the same rules, and a class is left
 * as soon as one of its rules has no more to say.  All work is taken off a
 * budget.
 */

#ifndef WR_DMN_COVERAGE_H
#define WR_DMN_COVERAGE_H

#include "engine/dmn/domain.h"

/* What a rule says of a column. */
struct wr_cell {
    const char *undecided; /* why it cannot be told; NULL */
    bool all;              /* true on every region */
    const uint64_t *bits;  /* regions it is true on */
};

struct wr_coverage {
    struct wr_eval *ev;
    const struct wr_table *t;
    struct wr_domain *domains; /* by column */
    struct wr_cell *cells;     /* by rule, then column */
    size_t columns, rules;
    bool *decided;   /* by rule: every cell is */
    bool *reachable; /* by rule: every cell is true somewhere */
    int64_t budget;
};

static inline const struct wr_cell *
wr_cell_of(const struct wr_coverage *c, size_t rule, size_t column)
{
    return &c->cells[rule * c->columns + column];
}

static inline bool
wr_bit(const uint64_t *bits, size_t i)
{
    return bits[i / 64] >> (i % 64) & 1;
}

static inline void
wr_bit_set(uint64_t *bits, size_t i)
{
    bits[i / 64] |= (uint64_t)1 << (i % 64);
}

/* Where findings of a table go; of each kind no more than some. */
struct wr_cover_report {
    struct wr_coverage *c;
    struct wr_findings *findings;
    enum wr_found found; /* of the last kind */
    size_t n;            /* of them */
};

/* coverage.c */
bool wr_cover_charge(struct wr_coverage *c, size_t n);
/* false: there are enough of this kind. */
bool wr_cover_room(struct wr_cover_report *r, enum wr_found found, int line);
/* The id a finding is about: the rule's (NULL: none), the element's. */
const char *wr_cover_element(const struct wr_table *t,
                             const struct wr_table_rule *r);
const char *wr_cover_name(const struct wr_table *t);

/* coverage_walk.c: gaps where `gaps`, and rules that never decide; false: the
 * table is too large for all of it. */
bool wr_cover_walk(struct wr_cover_report *r, bool gaps);

static inline size_t
wr_bit_words(size_t n)
{
    return (n + 63) / 64;
}

/* Regions by column; sets[i] NULL: all of them. */
struct wr_box {
    const uint64_t *const *sets;
};

/* "amount > 20 and type = "b"; "" for all there is. */
const char *wr_box_text(const struct wr_coverage *c, const struct wr_box *box);
/* "{amount: 21, type: "b"}": a point of it. */
const char *wr_box_example(const struct wr_coverage *c,
                           const struct wr_box *box);

#endif

/* Which entries of decision tables can be analysed, and their constants. */
#include <string.h>

#include "engine/dmn/domain.h"
#include "engine/feel/builtin.h"

static bool
all_constant(const struct wr_node *n)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (!wr_dmn_is_constant(n->kids[i]))
            return false;

    return true;
}

static bool
is_or_no(const struct wr_node *n)
{
    return !n || wr_dmn_is_constant(n);
}

/* The clock is an input too. */
static bool
is_pure_call(const struct wr_node *n)
{
    return n->a && n->a->kind == WR_N_NAME && n->a->builtin && !n->a->bound
           && strcmp(n->a->name, "now") != 0 && strcmp(n->a->name, "today") != 0
           && all_constant(n);
}

bool
wr_dmn_is_constant(const struct wr_node *n)
{
    switch (n->kind) {
    case WR_N_LITERAL:
        return true;
    case WR_N_NEGATE:
    case WR_N_ARITH:
    case WR_N_COMPARE:
    case WR_N_LOGIC:
    case WR_N_RANGE:
    case WR_N_LIST:
    case WR_N_CONTEXT:
    case WR_N_ENTRY:
    case WR_N_PATH:
    case WR_N_IF:
    case WR_N_PART:
    case WR_N_TYPED:
        return is_or_no(n->a) && is_or_no(n->b) && is_or_no(n->c)
               && all_constant(n);
    case WR_N_TEST: /* "(< 5)" */
        return n->op != WR_OP_NONE && wr_dmn_is_constant(n->a);
    case WR_N_CALL:
        return is_pure_call(n);
    default:
        return false;
    }
}

static bool
is_input(const struct wr_node *n)
{
    return n->kind == WR_N_NAME && strcmp(n->name, "?") == 0;
}

static bool decided(const struct wr_node *n);

static bool
all_decided(const struct wr_node *n)
{
    for (size_t i = 0; i < n->n_kids; i++)
        if (!decided(n->kids[i]))
            return false;

    return true;
}

static bool
is_not(const struct wr_node *n)
{
    return n->a->kind == WR_N_NAME && n->a->builtin && !n->a->bound
           && strcmp(n->a->name, "not") == 0 && n->n_kids == 1;
}

static bool
decided(const struct wr_node *n)
{
    if (wr_dmn_is_constant(n) || is_input(n))
        return true;
    switch (n->kind) {
    case WR_N_PART:
        return decided(n->a);
    case WR_N_UNARY:
        return all_decided(n);
    case WR_N_TEST:
        return n->op == WR_OP_NONE && n->uses_input ? decided(n->a)
                                                    : wr_dmn_is_constant(n->a);
    case WR_N_LOGIC:
        return decided(n->a) && decided(n->b);
    case WR_N_COMPARE:
        return (is_input(n->a) && wr_dmn_is_constant(n->b))
               || (is_input(n->b) && wr_dmn_is_constant(n->a));
    case WR_N_BETWEEN:
        return is_input(n->a) && wr_dmn_is_constant(n->b)
               && wr_dmn_is_constant(n->c);
    case WR_N_IN:
        return is_input(n->a) && all_decided(n);
    case WR_N_CALL:
        return is_not(n) && decided(n->kids[0]);
    default:
        return false;
    }
}

const char *
wr_dmn_undecided(const struct wr_node *test)
{
    if (test->kind == WR_N_FOREIGN)
        return "an entry that is broken";
    if (decided(test))
        return NULL;

    return "more than comparisons of its input with constants";
}

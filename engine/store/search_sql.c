/*
 * A search as SQL: the statement of sql/queries/search.sql, then conditions,
 * where the page starts, order and limit.
 *
 * The only place that puts SQL together.  What is put together are the pieces of
 * this file and column names of the table of fields; every value is a parameter.
 * "AND c IS NOT NULL" makes a comparison with nothing false instead of unknown.
 */

#include <assert.h>
#include <string.h>

#include "engine/store/search.h"
#include "engine/store/sqlstore.h"

static void
parameter(struct wr_sql_built *b, const struct wr_datum *d)
{
    assert(b->n < WR_BUILT_PARAMS); /* the API counts what it is given */
    b->params[b->n++] = *d;
    wr_str_printf(&b->text, "%s%d", b->dialect == WR_PGSQL ? "$" : "?", b->n);
}

static const char *
column(const struct wr_search_field *f)
{
    return f->type == WR_SF_KEY ? "(SELECT d.key FROM wr_definition d WHERE "
                                  "d.id = definition)"
                                : f->column;
}

/* One of the texts in the column is the parameter. */
static void
in_list(struct wr_sql_built *b, const char *c, const struct wr_datum *d)
{
    if (b->dialect == WR_PGSQL) {
        parameter(b, d);
        wr_str_printf(&b->text, " = ANY (%s)", c);
    } else {
        wr_str_printf(&b->text,
                      "instr(char(31) || %s || char(31), char(31) || ", c);
        parameter(b, d);
        wr_str_add(&b->text, " || char(31)) > 0");
    }
}

/* SQLite's LIKE takes upper and lower case for the same; its GLOB does not. */
static struct wr_datum
glob(const struct wr_datum *like, struct wr_arena *a)
{
    struct wr_str s = { .arena = a };

    for (const char *p = like->p; *p; p++) {
        bool plain = *p == '\\';

        p += plain;
        if (!plain && (*p == '%' || *p == '_'))
            wr_str_addc(&s, *p == '%' ? '*' : '?');
        else if (strchr("*?[", *p))
            wr_str_printf(&s, "[%c]", *p);
        else
            wr_str_addc(&s, *p);
    }

    return (struct wr_datum){ .kind = WR_D_TEXT,
                              .p = wr_str_text(&s),
                              .len = s.len };
}

static const char *
operator_of(const struct wr_sql_built *b, enum wr_search_op op)
{
    switch (op) {
    case WR_S_GT:
        return " > ";
    case WR_S_GTE:
        return " >= ";
    case WR_S_LT:
        return " < ";
    case WR_S_LTE:
        return " <= ";
    case WR_S_LIKE:
        return b->dialect == WR_PGSQL ? " LIKE " : " GLOB ";
    case WR_S_EQ:
    case WR_S_IN:
    case WR_S_EXISTS:
    case WR_S_VARIABLE:
    case WR_S_AND:
    case WR_S_OR:
    case WR_S_NOT:
        break;
    }

    return " = ";
}

/* `c` is what one value is compared with. */
static void
one(struct wr_sql_built *b, const struct wr_condition *x, const char *c,
    const struct wr_datum *d)
{
    struct wr_datum pattern;

    if (x->field->type == WR_SF_LIST) {
        in_list(b, c, d);
        return;
    }
    wr_str_printf(&b->text, "%s%s", c, operator_of(b, x->op));
    if (x->op == WR_S_LIKE && b->dialect == WR_SQLITE) {
        pattern = glob(d, b->text.arena);
        d = &pattern;
    }
    parameter(b, d);
}

static void
leaf(struct wr_sql_built *b, const struct wr_condition *x)
{
    const char *c = column(x->field);

    if (x->op == WR_S_EXISTS) {
        wr_str_printf(&b->text, "%s IS NOT NULL", c);
        return;
    }
    wr_str_addc(&b->text, '(');
    for (size_t i = 0; i < x->n_values; i++) {
        wr_str_add(&b->text, i ? " OR " : "(");
        one(b, x, c, &x->values[i]);
    }
    wr_str_printf(&b->text, ") AND %s IS NOT NULL)", c);
}

static void condition(struct wr_sql_built *b, const struct wr_condition *x);

/* Of the instances that have such a variable; the first parameter is the
 * tenant. */
static void
variable(struct wr_sql_built *b, const struct wr_condition *x)
{
    wr_str_printf(&b->text,
                  "%s IN (SELECT v.instance FROM wr_variable v WHERE "
                  "v.tenant = %s1 AND ",
                  b->instance, b->dialect == WR_PGSQL ? "$" : "?");
    condition(b, x->parts[0]);
    wr_str_addc(&b->text, ')');
}

static void
condition(struct wr_sql_built *b, const struct wr_condition *x)
{
    const char *sep = x->op == WR_S_OR ? " OR " : " AND ";

    if (x->op == WR_S_VARIABLE) {
        variable(b, x);
        return;
    }
    if (x->op < WR_S_AND) {
        leaf(b, x);
        return;
    }
    if (x->op == WR_S_NOT)
        wr_str_add(&b->text, "NOT ");
    wr_str_addc(&b->text, '(');
    if (x->n_parts == 0)
        wr_str_add(&b->text, x->op == WR_S_OR ? "1 = 0" : "1 = 1");
    for (size_t i = 0; i < x->n_parts; i++) {
        if (i)
            wr_str_add(&b->text, sep);
        condition(b, x->parts[i]);
    }
    wr_str_addc(&b->text, ')');
}

/* Behind the last row by this one: those without a value come last. */
static void
behind(struct wr_sql_built *b, const struct wr_order *o,
       const struct wr_datum *last)
{
    if (last->null) {
        wr_str_add(&b->text, "1 = 0");
        return;
    }
    wr_str_printf(&b->text, "(%s%s", o->field->column,
                  o->descending ? " < " : " > ");
    parameter(b, last);
    wr_str_printf(&b->text, " OR %s IS NULL)", o->field->column);
}

static void
alike(struct wr_sql_built *b, const struct wr_order *o,
      const struct wr_datum *last)
{
    wr_str_printf(&b->text, "%s ", o->field->column);
    if (last->null) {
        wr_str_add(&b->text, "IS NULL AND ");
        return;
    }
    wr_str_add(&b->text, "= ");
    parameter(b, last);
    wr_str_add(&b->text, " AND ");
}

static void
page(struct wr_sql_built *b, const struct wr_search_plan *p)
{
    const char *sep = " AND (";

    for (int i = 0; p->after && i < p->n_order; i++) {
        wr_str_printf(&b->text, "%s(", sep);
        for (int k = 0; k < i; k++)
            alike(b, &p->order[k], &p->last[k]);
        behind(b, &p->order[i], &p->last[i]);
        wr_str_addc(&b->text, ')');
        sep = " OR ";
    }
    if (p->after)
        wr_str_addc(&b->text, ')');
    sep = " ORDER BY ";
    for (int i = 0; i < p->n_order; i++) {
        wr_str_printf(&b->text, "%s%s %s NULLS LAST", sep,
                      p->order[i].field->column,
                      p->order[i].descending ? "DESC" : "ASC");
        sep = ", ";
    }
    wr_str_printf(&b->text, " LIMIT %d", p->search->limit + 1);
}

static enum wr_sql
head(enum wr_noun noun, bool total)
{
    if (noun == WR_INSTANCES)
        return total ? WR_SQL_INSTANCE_TOTAL : WR_SQL_INSTANCE_SEARCH;
    if (noun == WR_TASKS)
        return total ? WR_SQL_TASK_TOTAL : WR_SQL_TASK_SEARCH;
    if (noun == WR_JOBS)
        return total ? WR_SQL_JOB_TOTAL : WR_SQL_JOB_SEARCH;
    if (noun == WR_MESSAGES)
        return total ? WR_SQL_MESSAGE_TOTAL : WR_SQL_MESSAGE_SEARCH;
    if (noun == WR_PAST_INSTANCES)
        return total ? WR_SQL_PAST_INSTANCE_TOTAL : WR_SQL_PAST_INSTANCE_SEARCH;
    if (noun == WR_ACTIVITIES)
        return total ? WR_SQL_ACTIVITY_TOTAL : WR_SQL_ACTIVITY_SEARCH;
    if (noun == WR_PAST_TASKS)
        return total ? WR_SQL_PAST_TASK_TOTAL : WR_SQL_PAST_TASK_SEARCH;
    if (noun == WR_VARIABLE_ROWS)
        return total ? WR_SQL_VARIABLE_TOTAL : WR_SQL_VARIABLE_SEARCH;
    if (noun == WR_ELEMENT_COUNTS)
        return total ? WR_SQL_ELEMENT_COUNT_TOTAL : WR_SQL_ELEMENT_COUNT_SEARCH;

    return total ? WR_SQL_INCIDENT_TOTAL : WR_SQL_INCIDENT_SEARCH;
}

void
wr_search_sql(const struct wr_search_plan *p, bool total,
              enum wr_dialect dialect, struct wr_arena *a,
              struct wr_sql_built *out)
{
    const struct wr_search *s = p->search;
    enum wr_sql sql = head(s->noun, total);
    struct wr_datum tenant = { .kind = WR_D_INT4, .i = s->tenant };

    *out = (struct wr_sql_built){ .name = wr_sql_texts[sql].name,
                                  .dialect = dialect,
                                  .instance = s->noun == WR_INSTANCES
                                                  ? "id"
                                                  : "instance",
                                  .text = { .arena = a } };
    wr_str_add(&out->text, wr_sql_texts[sql].in[dialect].text);
    out->params[out->n++] = tenant;
    if (s->where) {
        wr_str_add(&out->text, " AND ");
        condition(out, s->where);
    }
    if (!total)
        page(out, p);
}

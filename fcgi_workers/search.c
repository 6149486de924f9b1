#include "fcgi_workers/search.h"

#include <string.h>

#include "fcgi_workers/filter.h"
#include "fcgi_workers/fresh.h"

struct body {
    const struct wr_value *filter, *variables;
    struct wr_strings sort;
    const char *cursor, *total;
    int64_t limit;
};
static const struct wr_field body_fields[] = {
    WR_FIELD(struct body, filter, "filter", WR_JSON, WR_VARIABLES,
             "Fields with a value or operators ($eq $ne $in $gt $gte $lt $lte "
             "$like $exists), $or with a list of filters, $not with one. All "
             "members must hold."),
    WR_FIELD(struct body, sort, "sort", WR_STRINGS, 0,
             "Up to three fields, with - in front descending; what has no "
             "value comes last. Newest first when absent."),
    WR_FIELD(struct body, variables, "variables", WR_JSON, 0,
             "Of instances and tasks: a list of {name, path, op, value}, all "
             "of which a variable of the instance's process must hold. path: "
             "what is at a.b in it, through lists; op: one of the operators. "
             "Values are compared within their type."),
    WR_FIELDS_PAGE(struct body),
};
const struct wr_object wr_search_object = WR_OBJECT_ROWS(struct body, "Search",
                                                         body_fields);

static bool
names_end(const struct wr_value *v)
{
    bool ends = false;

    if (v->type == WR_V_STRING)
        return strcmp(v->string.s, "completed") == 0
               || strcmp(v->string.s, "canceled") == 0;
    for (size_t i = 0; v->type == WR_V_LIST && i < v->list.n; i++)
        ends |= names_end(v->list.items[i]);
    for (size_t i = 0; v->type == WR_V_CONTEXT && i < v->context.n; i++)
        ends |= names_end(v->context.entries[i].value);

    return ends;
}

static bool
speaks_of_end(const struct wr_value *v)
{
    bool ends = false;

    for (size_t i = 0; v->type == WR_V_LIST && i < v->list.n; i++)
        ends |= speaks_of_end(v->list.items[i]);
    for (size_t i = 0; v->type == WR_V_CONTEXT && i < v->context.n; i++) {
        const struct wr_entry *e = &v->context.entries[i];

        if (strcmp(e->key, "endedAt") == 0 || strcmp(e->key, "endedBy") == 0
            || strcmp(e->key, "durationMs") == 0)
            return true;
        ends |= strcmp(e->key, "state") == 0 ? names_end(e->value)
                                             : speaks_of_end(e->value);
    }

    return ends;
}

bool
wr_search_speaks_of_end(const void *body)
{
    const struct body *b = body;

    return b->filter && speaks_of_end(b->filter);
}

static int
find(struct wr_request *rq, const struct wr_search *s, bool count,
     const struct wr_listed *how, struct wr_list *out, struct wr_err *err)
{
    struct wr_rows rows;

    out->total = WR_INT_ABSENT;
    if (wr_runtime_search(rq->service->runtime, s, rq->arena, &rows,
                          count ? &out->total : NULL, err)
        < 0)
        return (int)err->code;

    return wr_page(rq, &rows, how, out, err);
}

/* Does it have an instance, whose variables are known? */
static bool
has_variables(enum wr_noun noun)
{
    return noun == WR_INSTANCES || noun == WR_TASKS || noun == WR_PAST_TASKS
           || noun == WR_ACTIVITIES;
}

static bool
is_folded(enum wr_noun noun)
{
    return noun == WR_PAST_TASKS || noun == WR_ACTIVITIES;
}

int
wr_search_page(struct wr_request *rq, enum wr_noun noun,
               const struct wr_listed *how, const void *in, struct wr_list *out,
               struct wr_err *err)
{
    const struct body *b = in;
    struct wr_query page = wr_request_query(rq, noun);
    struct wr_search s = { .noun = noun, .tenant = rq->who.tenant };
    const struct wr_condition *parts[2] = { NULL, NULL };

    out->lag = WR_INT_ABSENT;
    if (b->variables && !has_variables(noun)) {
        wr_field_wrong(&rq->errors, "/variables", "unsupported",
                       "only instances and tasks are found by variables");
        return wr_fail(err, WR_EUNSUPPORTED,
                       "/variables: only instances and tasks are found by "
                       "variables");
    }
    if (wr_filter_parse(noun, b->filter, wr_clock_now(&rq->service->clock),
                        &parts[0], &rq->errors, err)
            < 0
        || (b->variables
            && wr_filter_variables(b->variables, &parts[1], &rq->errors, err)
                   < 0)
        || wr_filter_order(&b->sort, &s, &rq->errors, err) < 0
        || wr_query_page(&page, b->limit, b->cursor, err) < 0)
        return (int)err->code;
    s.limit = page.limit;
    s.cursor = page.cursor;
    s.where = wr_where_all(rq->arena, parts, WR_COUNT(parts));
    if ((b->variables || is_folded(noun)) && wr_list_fresh(rq, out, err) < 0)
        return (int)err->code;

    return find(rq, &s, b->total != NULL, how, out, err);
}

static int
count(struct wr_request *rq, const struct wr_query *q, int64_t *out,
      struct wr_err *err)
{
    struct wr_search s;

    if (wr_search_of_query(q, rq->arena, &s, err) < 0)
        return (int)err->code;
    s.cursor = NULL;

    return wr_runtime_search(rq->service->runtime, &s, rq->arena, NULL, out,
                             err);
}

int
wr_list_page(struct wr_request *rq, struct wr_query *q,
             const struct wr_paging *page, const struct wr_listed *how,
             struct wr_list *out, struct wr_err *err)
{
    const struct wr_condition *parts[2] = { NULL, page->also };
    struct wr_search s;

    out->total = WR_INT_ABSENT;
    out->lag = WR_INT_ABSENT;
    if (!page->also) {
        if (wr_find_page(rq, q, page->limit, page->cursor, how, out, err) < 0)
            return (int)err->code;
        return page->total ? count(rq, q, &out->total, err) : 0;
    }
    if (wr_query_page(q, page->limit, page->cursor, err) < 0
        || wr_search_of_query(q, rq->arena, &s, err) < 0)
        return (int)err->code;
    parts[0] = s.where;
    s.where = wr_where_all(rq->arena, parts, WR_COUNT(parts));

    return find(rq, &s, page->total != NULL, how, out, err);
}

/*
 * Bodies of searches: the first byte picks the noun, the rest is the filter.
 * Whatever comes, it is a condition that can be judged and put into SQL whose
 * text holds nothing of the values, or it is refused with a place.
 *
 * fuzz-parts: engine/base engine/store/search.c engine/store/search_match.c
 * fuzz-parts: engine/store/search_sql.c engine/store/columns.c
 * fuzz-parts: engine/store/query.c engine/store/sql.c
 * fuzz-parts: engine/store/project_records.c engine/store/dead_letter.c
 * fuzz-parts: fcgi_workers/field.c fcgi_workers/filter.c
 */

#include <string.h>

#include "engine/base/json.h"
#include "engine/store/sqlstore.h"
#include "fcgi_workers/filter.h"
#include "tests/fuzz/fuzz.h"

enum {
    NOW = 1000
};

/* As many places for values as there are values, and nothing else of them. */
static void
build(const struct wr_search *s, enum wr_dialect dialect, struct wr_arena *a)
{
    struct wr_sql_built *b = wr_new(a, struct wr_sql_built);
    struct wr_search_plan p;
    struct wr_err err = { 0 };
    int n = 0;

    must(wr_search_plan(s, a, &p, &err) == 0);
    wr_search_sql(&p, /* total= */ false, dialect, a, b);
    must(b->n <= WR_BUILT_PARAMS);
    for (const char *c = b->text.s; *c; c++) {
        must((unsigned char)*c < 0x80 && *c != '"' && *c != ';');
        n += *c == (dialect == WR_PGSQL ? '$' : '?');
    }
    must(n >= b->n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum wr_noun nouns[] = { WR_INSTANCES, WR_TASKS, WR_JOBS,
                                          WR_INCIDENTS };
    wr_auto(wr_arena_free) struct wr_arena *a = wr_arena_new(4096);
    struct wr_field_errors errors = { .arena = a };
    struct wr_search s = { .limit = 10 };
    const struct wr_value *filter;
    struct wr_err err = { 0 };
    char row[1024] = { 0 };
    char *text;

    if (size < 1)
        return 0;
    s.noun = nouns[data[0] % WR_COUNT(nouns)];
    text = wr_arena_strndup(a, (const char *)data + 1, size - 1);
    if (wr_json_parse(a, text, strlen(text), &filter, &err) < 0)
        return 0;
    if (wr_filter_parse(s.noun, filter, NOW, &s.where, &errors, &err) < 0) {
        must(errors.n > 0 && errors.items[0].pointer[0] == '/'
             && errors.items[0].detail[0]);
        must(err.code == WR_EINVALID || err.code == WR_EUNSUPPORTED);
        return 0;
    }
    must(errors.n == 0 && s.where);
    must(wr_record_of(s.noun)->size <= sizeof(row));
    (void)wr_search_match(s.where, s.noun, row, "key", a);
    build(&s, WR_PGSQL, a);
    build(&s, WR_SQLITE, a);

    return 0;
}

/*
 * Searches: whatever is asked, a backend finds what the condition holds for, in
 * the order asked for, page by page, and counts it.
 *
 * Conditions are drawn from the table of fields; the judge is wr_search_match()
 * on rows that are read one by one, sorted by hand.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/store/search.h"
#include "tests/conformance/cases.h"

enum {
    ROWS = 24,
    DRAWS = 150
};

static const char *const words[] = { "a", "ab", "b", "A%", "a_b", "[a]*", "ä" };
static const char *const patterns[] = { "a%",   "%b", "_", "a\\_b", "[a]%",
                                        "A\\%", "%",  "?", "*" };

/* The same draws on every run. */
static uint32_t
draw(uint64_t *seed, uint32_t below)
{
    *seed = *seed * 6364136223846793005U + 1442695040888963407U;

    return (uint32_t)(*seed >> 33) % below;
}

#define PICK(seed, list) list[draw(seed, WR_COUNT(list))]

static void
fill_task(struct wr_task_row *t, uint64_t *seed)
{
    static const char *const users[][2] = { { "a", "b" }, { "ab", "a" } };

    t->assignee = draw(seed, 3) ? PICK(seed, words) : NULL;
    t->owner = draw(seed, 3) ? NULL : PICK(seed, words);
    t->priority = (int32_t)draw(seed, 5) - 2;
    t->due_at = draw(seed, 2) ? 1000 + draw(seed, 4) : 0;
    t->state = (enum wr_task_state)draw(seed, 2);
    t->delegation = (enum wr_task_delegation)draw(seed, 3);
    t->candidate_users = users[draw(seed, 2)];
    t->n_candidate_users = (int)draw(seed, 3);
}

static void
fill_job(struct wr_job_row *j, uint64_t *seed)
{
    j->retries = (int32_t)draw(seed, 3);
    j->due_at = draw(seed, 4) ? 900 + 50 * draw(seed, 5) : WR_NEVER;
    if (draw(seed, 2)) {
        j->lease = j->id;
        j->lease_until = 900 + 50 * draw(seed, 5);
    }
}

/* Instances with a task, a job and an incident each. */
static void
populate(struct fixture *f, uint64_t *seed)
{
    struct wr_uuid definitions[2];

    ck_assert_int_eq(
        fixture_deploy(f, fixture_word(f, "one"), 1, &definitions[0]), WR_OK);
    ck_assert_int_eq(
        fixture_deploy(f, fixture_word(f, "two"), 1, &definitions[1]), WR_OK);
    for (int n = 0; n < ROWS; n++) {
        struct wr_effects *fx = fixture_start(f);
        struct wr_uuid definition = PICK(seed, definitions);
        struct wr_task_op *t = fixture_task(f, fx);
        struct wr_job_op *j = fixture_job(f, fx, PICK(seed, words));
        struct wr_incident_op *i = fixture_incident(f, fx);

        fx->instance.definition = t->row.definition = definition;
        j->row.definition = i->row.definition = definition;
        fx->instance.business_key = draw(seed, 3) ? PICK(seed, words) : NULL;
        fx->instance.tags = draw(seed, 3) ? words + draw(seed, 3) : NULL;
        fx->instance.n_tags = fx->instance.tags ? 1 + (int)draw(seed, 2) : 0;
        fx->instance.ended_at = draw(seed, 2) ? 1000 + draw(seed, 4) : 0;
        fx->instance.started_at = 990 + draw(seed, 4);
        fx->instance.incidents = (int32_t)draw(seed, 3);
        fx->instance.state = (enum wr_instance_state)draw(seed, 5);
        i->row.message = draw(seed, 2) ? PICK(seed, words) : NULL;
        fill_task(&t->row, seed);
        fill_job(&j->row, seed);
        ck_assert_int_eq(fixture_commit(f, fx), WR_OK);
    }
}

/* ---- drawing a search ---- */

static struct wr_datum
draw_value(struct fixture *f, enum wr_noun noun,
           const struct wr_search_field *x, const struct wr_rows *rows,
           uint64_t *seed)
{
    struct wr_datum d = { .kind = wr_search_kind(noun, x) };
    const struct wr_record *r = wr_record_of(noun);
    const void *row = (const char *)rows->any + r->size * draw(seed, ROWS);

    if (d.kind == WR_D_TEXT) {
        d.p = PICK(seed, words);
        d.len = strlen(d.p);
    } else if (d.kind == WR_D_UUID) {
        wr_search_value(noun, x, row, f->a, &d);
        if (d.null)
            d = (struct wr_datum){ .kind = WR_D_UUID, .p = row, .len = 16 };
    } else {
        d.i = x->type == WR_SF_TIME ? 990 + draw(seed, 14)
                                    : (int64_t)draw(seed, 4) - 1;
    }

    return d;
}

static const struct wr_condition *
draw_leaf(struct fixture *f, enum wr_noun noun, const struct wr_rows *rows,
          uint64_t *seed)
{
    struct wr_datum values[3];
    size_t n, n_values;
    const struct wr_search_field *all = wr_search_fields(noun, &n);
    const struct wr_search_field *x = &all[draw(seed, (uint32_t)n)];
    enum wr_search_op op = (enum wr_search_op)draw(seed, WR_S_AND);

    if (x->type == WR_SF_JOB_STATE)
        return wr_where_job_state(f->a, (int)draw(seed, 5), 1000);
    if (op == WR_S_LIKE && (x->type == WR_SF_TEXT || x->type == WR_SF_KEY)) {
        values[0] = (struct wr_datum){ .kind = WR_D_TEXT };
        values[0].p = PICK(seed, patterns);
        values[0].len = strlen(values[0].p);
        return wr_where(f->a, op, x, values, 1);
    }
    if (op == WR_S_LIKE
        || (x->type == WR_SF_LIST && op >= WR_S_GT && op <= WR_S_LTE))
        op = WR_S_EQ;
    n_values = op == WR_S_EXISTS ? 0 : op == WR_S_IN ? 1 + draw(seed, 3) : 1;
    for (size_t i = 0; i < n_values; i++)
        values[i] = draw_value(f, noun, x, rows, seed);

    return wr_where(f->a, op, x, values, n_values);
}

static const struct wr_condition *
draw_condition(struct fixture *f, enum wr_noun noun, const struct wr_rows *rows,
               int depth, uint64_t *seed)
{
    const struct wr_condition **parts = wr_newn(f->a,
                                                const struct wr_condition *, 3);
    struct wr_condition *c = wr_new(f->a, struct wr_condition);
    uint32_t kind = depth ? draw(seed, 5) : 4;

    if (kind > 2)
        return draw_leaf(f, noun, rows, seed);
    c->op = (enum wr_search_op)(WR_S_AND + kind);
    c->parts = parts;
    c->n_parts = c->op == WR_S_NOT ? 1 : draw(seed, 4);
    for (size_t i = 0; i < c->n_parts; i++)
        parts[i] = draw_condition(f, noun, rows, depth - 1, seed);

    return c;
}

static void
draw_order(struct wr_search *s, uint64_t *seed)
{
    size_t n;
    const struct wr_search_field *all = wr_search_fields(s->noun, &n);

    s->n_order = (int)draw(seed, WR_SEARCH_ORDER + 1);
    for (int i = 0; i < s->n_order; i++) {
        const struct wr_search_field *x;

        do
            x = &all[draw(seed, (uint32_t)n)];
        while (!x->sorts);
        s->order[i] = (struct wr_order){ x, draw(seed, 2) == 0 };
    }
}

/* ---- the judge ---- */

static const struct wr_search_plan *judged; /* by qsort() */
static struct wr_arena *scratch;

static int
row_cmp(const void *x, const void *y)
{
    for (int i = 0; i < judged->n_order; i++) {
        const struct wr_order *o = &judged->order[i];
        struct wr_datum a, b;
        int c;

        wr_search_value(judged->search->noun, o->field, *(const void *const *)x,
                        scratch, &a);
        wr_search_value(judged->search->noun, o->field, *(const void *const *)y,
                        scratch, &b);
        c = a.null || b.null ? (int)a.null - (int)b.null
            : o->descending  ? -wr_datum_cmp(&a, &b)
                             : wr_datum_cmp(&a, &b);
        if (c != 0)
            return c;
    }

    return 0;
}

static const char *
key_of(struct fixture *f, enum wr_noun noun, const void *row)
{
    const struct wr_column *c = wr_column_find(wr_record_of(noun), "definition",
                                               strlen("definition"));
    struct wr_uuid id;
    struct wr_rows found;

    memcpy(&id, (const char *)row + c->offset, sizeof(id));
    found = fixture_find(f, (struct wr_query){ .noun = WR_DEFINITIONS,
                                               .tenant = f->tenant,
                                               .state = -1,
                                               .id = &id });

    return found.n ? found.definitions[0].key : NULL;
}

static size_t
wanted(struct fixture *f, const struct wr_search_plan *p,
       const struct wr_rows *rows, const char *const *keys, const void **out)
{
    enum wr_noun noun = p->search->noun;
    size_t n = 0, step = wr_record_of(noun)->size;

    for (size_t i = 0; i < rows->n; i++) {
        const void *row = (const char *)rows->any + step * i;

        if (wr_search_match(p->search->where, noun, row, keys[i], f->a))
            out[n++] = row;
    }
    judged = p;
    scratch = f->a;
    qsort(out, n, sizeof(*out), row_cmp);

    return n;
}

/* All pages of it, and the count of each, are what is wanted. */
static void
check(struct fixture *f, struct wr_search s, const struct wr_rows *rows,
      const char *const *keys)
{
    const void *want[ROWS];
    struct wr_search_plan p;
    struct wr_rows page;
    size_t n, at = 0, step = wr_record_of(s.noun)->size;
    int64_t total = -1;

    must(f, wr_search_plan(&s, f->a, &p, &f->err));
    n = wanted(f, &p, rows, keys, want);
    do {
        must(f, wr_store_search(f->st, &s, f->a, &page, &total, &f->err));
        ck_assert_int_eq(total, (int64_t)n);
        for (size_t i = 0; i < page.n; i++, at++) {
            ck_assert_uint_lt(at, n);
            ck_assert_mem_eq((const char *)page.any + step * i, want[at], 16);
        }
        s.cursor = page.next;
    } while (page.next);
    ck_assert_uint_eq(at, n);
    total = -1;
    s.cursor = NULL;
    must(f, wr_store_search(f->st, &s, f->a, NULL, &total, &f->err));
    ck_assert_int_eq(total, (int64_t)n);
}

START_TEST(whatever_is_asked_is_what_is_found)
{
    static const enum wr_noun nouns[] = { WR_INSTANCES, WR_TASKS, WR_JOBS,
                                          WR_INCIDENTS };
    struct fixture f;
    uint64_t seed = 17;

    fixture_open(&f, _i);
    populate(&f, &seed);
    for (size_t k = 0; k < WR_COUNT(nouns); k++) {
        const char *keys[ROWS];
        struct wr_rows rows = fixture_find(
            &f, (struct wr_query){
                    .noun = nouns[k], .tenant = f.tenant, .state = -1 });

        ck_assert_uint_eq(rows.n, ROWS);
        for (size_t i = 0; i < rows.n; i++)
            keys[i] = key_of(&f, nouns[k],
                             (const char *)rows.any
                                 + wr_record_of(nouns[k])->size * i);
        for (int n = 0; n < DRAWS; n++) {
            struct wr_search s = { .noun = nouns[k],
                                   .tenant = f.tenant,
                                   .limit = 1 + (int)draw(&seed, 7) };

            s.where = draw_condition(&f, nouns[k], &rows, 3, &seed);
            draw_order(&s, &seed);
            check(&f, s, &rows, keys);
        }
    }
    fixture_close(&f);
}
END_TEST

START_TEST(a_lookup_is_a_search)
{
    struct fixture f;
    struct wr_search s;
    uint64_t seed = 5;
    int64_t total;

    fixture_open(&f, _i);
    populate(&f, &seed);
    for (int state = -1; state < 5; state++) {
        struct wr_query q = { .noun = WR_INSTANCES,
                              .tenant = f.tenant,
                              .state = state,
                              .started_after = 990,
                              .started_before = 993,
                              .with_incidents = state % 2 == 0,
                              .limit = 100 };
        struct wr_rows rows = fixture_find(&f, q);

        must(&f, wr_search_of_query(&q, f.a, &s, &f.err));
        must(&f, wr_store_search(f.st, &s, f.a, NULL, &total, &f.err));
        ck_assert_int_eq(total, (int64_t)rows.n);
    }
    s.noun = WR_USERS;
    ck_assert_int_eq(wr_store_search(f.st, &s, f.a, NULL, &total, &f.err),
                     WR_EUNSUPPORTED);
    fixture_close(&f);
}
END_TEST

/* A cursor is of one order; what was not given out is refused. */
START_TEST(cursors_are_of_their_search)
{
    struct fixture f;
    struct wr_search s = { .noun = WR_TASKS, .limit = 2 };
    struct wr_rows rows;
    uint64_t seed = 3;
    char *bad;

    fixture_open(&f, _i);
    populate(&f, &seed);
    s.tenant = f.tenant;
    s.order[0].field = wr_search_field(WR_TASKS, "assignee", 8);
    s.n_order = 1;
    must(&f, wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err));
    s.cursor = rows.next;
    must(&f, wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err));
    s.order[0].descending = true;
    ck_assert_int_eq(wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err),
                     WR_EINVALID);
    s.order[0].descending = false;
    for (size_t i = 0; i < strlen(s.cursor); i++) {
        bad = wr_arena_strdup(f.a, s.cursor);
        bad[i] = '!';
        s.cursor = bad;
        ck_assert_int_eq(wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err),
                         WR_EINVALID);
        bad[i] = '\0';
        ck_assert_int_eq(wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err),
                         WR_EINVALID);
    }
    s.cursor = NULL;
    s.order[0].field = wr_search_field(WR_TASKS, "candidateUsers", 14);
    ck_assert_int_eq(wr_store_search(f.st, &s, f.a, &rows, NULL, &f.err),
                     WR_EINVALID);
    fixture_close(&f);
}
END_TEST

START_TEST(what_a_pattern_fits)
{
    static const struct {
        const char *pattern, *text;
        bool fits;
    } cases[] = {
        { "", "", true },         { "", "a", false },
        { "%", "", true },        { "a%c", "abbc", true },
        { "a%c", "abcb", false }, { "_", "ä", true },
        { "__", "ä", false },     { "%ä%", "xäy", true },
        { "\\%", "%", true },     { "\\%", "a", false },
        { "a\\_", "a_", true },   { "%a%b%c", "aabbcc", true },
        { "%ab", "aab", true },   { "A", "a", false },
        { "%\\\\", "x\\", true },
    };

    for (size_t i = 0; i < WR_COUNT(cases); i++)
        ck_assert_msg(wr_search_like(cases[i].pattern, cases[i].text)
                          == cases[i].fits,
                      "'%s' on '%s'", cases[i].pattern, cases[i].text);
}
END_TEST

TCase *
search_cases(void)
{
    TCase *tc = tcase_create("search");
    int n = fixture_stores();

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, whatever_is_asked_is_what_is_found, 0, n);
    tcase_add_loop_test(tc, a_lookup_is_a_search, 0, n);
    tcase_add_loop_test(tc, cursors_are_of_their_search, 0, n);
    tcase_add_test(tc, what_a_pattern_fits);

    return tc;
}

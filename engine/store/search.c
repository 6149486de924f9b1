#include "engine/store/search.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/store/query.h"

enum {
    MAX_LIMIT = 10000
};

/* ---- the fields ---- */

#define DEFINITION                                          \
    { "definition", "definition", WR_SF_UUID, NULL, true }, \
    {                                                       \
        "definitionKey", NULL, WR_SF_KEY, NULL, false       \
    }
#define ROW(name, column, type)                \
    {                                          \
        name, column, WR_SF_##type, NULL, true \
    }
#define LIST(name, column)                    \
    {                                         \
        name, column, WR_SF_LIST, NULL, false \
    }
#define ENUM(name, column, names)             \
    {                                         \
        name, column, WR_SF_ENUM, names, true \
    }

static const struct wr_search_field instance_fields[] = {
    ROW("id", "id", UUID),
    DEFINITION,
    ENUM("state", "state", "active|suspended|completed|failed|canceled"),
    ROW("rev", "rev", INT),
    ROW("businessKey", "business_key", TEXT),
    ROW("startedAt", "started_at", TIME),
    ROW("endedAt", "ended_at", TIME),
    ROW("incidents", "incidents", INT),
    ROW("parent", "parent", UUID),
    ROW("root", "root", UUID),
    LIST("tags", "tags"),
};

static const struct wr_search_field task_fields[] = {
    ROW("id", "id", UUID),
    ROW("instance", "instance", UUID),
    DEFINITION,
    ENUM("state", "state", "created|claimed"),
    ROW("assignee", "assignee", TEXT),
    ROW("owner", "owner_name", TEXT),
    ENUM("delegation", "delegation", "|delegated|resolved"),
    LIST("candidateUsers", "candidate_users"),
    LIST("candidateGroups", "candidate_groups"),
    ROW("priority", "priority", INT),
    ROW("dueAt", "due_at", TIME),
    ROW("followUpAt", "follow_up_at", TIME),
    ROW("createdAt", "created_at", TIME),
    ROW("rev", "rev", INT),
};

static const struct wr_search_field job_fields[] = {
    ROW("id", "id", UUID),
    ROW("instance", "instance", UUID),
    DEFINITION,
    { "state", NULL, WR_SF_JOB_STATE,
      "available|leased|waiting|suspended|failed", false },
    ROW("type", "type", TEXT),
    ROW("retries", "retries", INT),
    ROW("priority", "priority", INT),
    ROW("dueAt", "due_at", TIME),
    ROW("createdAt", "created_at", TIME),
    ROW("worker", "lease_owner", TEXT),
    ROW("attempt", "attempt", INT),
    ROW("errorMessage", "error", TEXT),
};

static const struct wr_search_field incident_fields[] = {
    ROW("id", "id", UUID),
    ROW("instance", "instance", UUID),
    DEFINITION,
    ROW("type", "type", TEXT),
    ROW("job", "job", UUID),
    ROW("message", "message", TEXT),
    ROW("createdAt", "created_at", TIME),
};

static const struct wr_search_field message_fields[] = {
    ROW("id", "id", UUID),
    ROW("name", "name", TEXT),
    ROW("correlationKey", "key", TEXT),
    ROW("messageId", "message_id", TEXT),
    ROW("businessKey", "business_key", TEXT),
    ROW("instance", "instance", UUID),
    ROW("publishedAt", "published_at", TIME),
    ROW("expiresAt", "expires_at", TIME),
};

static const struct wr_search_field past_instance_fields[] = {
    ROW("id", "id", UUID),
    DEFINITION,
    ENUM("state", "state", "active|suspended|completed|failed|canceled"),
    ROW("startedAt", "started_at", TIME),
    ROW("endedAt", "ended_at", TIME),
};

static const struct wr_search_field activity_fields[] = {
    ROW("id", "id", UUID),
    ROW("instance", "instance", UUID),
    DEFINITION,
    ENUM("kind", "kind", "element|loop|passed"),
    ENUM("state", "state", "active|completed|canceled"),
    ROW("startedAt", "started_at", TIME),
    ROW("endedAt", "ended_at", TIME),
    ROW("durationMs", "duration", INT),
    ROW("symbol", "element", INT),
};

static const struct wr_search_field past_task_fields[] = {
    ROW("id", "id", UUID),
    ROW("instance", "instance", UUID),
    DEFINITION,
    ENUM("state", "state", "created|claimed|completed|canceled"),
    ROW("assignee", "assignee", TEXT),
    ROW("createdAt", "created_at", TIME),
    ROW("endedAt", "ended_at", TIME),
    ROW("endedBy", "ended_by", TEXT),
    ROW("durationMs", "duration", INT),
    ROW("rev", "rev", INT),
};

static const struct wr_search_field variable_fields[] = {
    ROW("id", "id", UUID),       ROW("instance", "instance", UUID),
    ROW("name", "name", TEXT),   ROW("path", "path", TEXT),
    ROW("value", "value", TEXT),
};

static const struct wr_search_field element_count_fields[] = {
    ROW("id", "id", UUID),
    ROW("definition", "definition", UUID),
    ROW("symbol", "element", INT),
};

/* Of conditions that are not asked for by name. */
static const struct wr_search_field lease_field = { "lease", "lease",
                                                    WR_SF_UUID, NULL, false };
static const struct wr_search_field until_field = { "leaseUntil", "lease_until",
                                                    WR_SF_TIME, NULL, false };

const struct wr_search_field *
wr_search_fields(enum wr_noun noun, size_t *n)
{
#define FIELDS(of) (*n = WR_COUNT(of), of)
    if (noun == WR_INSTANCES)
        return FIELDS(instance_fields);
    if (noun == WR_TASKS)
        return FIELDS(task_fields);
    if (noun == WR_JOBS)
        return FIELDS(job_fields);
    if (noun == WR_INCIDENTS)
        return FIELDS(incident_fields);
    if (noun == WR_MESSAGES)
        return FIELDS(message_fields);
    if (noun == WR_PAST_INSTANCES)
        return FIELDS(past_instance_fields);
    if (noun == WR_ACTIVITIES)
        return FIELDS(activity_fields);
    if (noun == WR_PAST_TASKS)
        return FIELDS(past_task_fields);
    if (noun == WR_VARIABLE_ROWS)
        return FIELDS(variable_fields);
    if (noun == WR_ELEMENT_COUNTS)
        return FIELDS(element_count_fields);
#undef FIELDS
    *n = 0;

    return NULL;
}

const struct wr_search_field *
wr_search_field(enum wr_noun noun, const char *name, size_t n)
{
    size_t n_fields;
    const struct wr_search_field *f = wr_search_fields(noun, &n_fields);

    for (size_t i = 0; i < n_fields; i++)
        if (strlen(f[i].name) == n && memcmp(f[i].name, name, n) == 0)
            return &f[i];

    return NULL;
}

static const struct wr_search_field *
named(enum wr_noun noun, const char *name)
{
    return wr_search_field(noun, name, strlen(name));
}

const struct wr_column *
wr_search_column(enum wr_noun noun, const struct wr_search_field *f)
{
    if (!f->column)
        return NULL;

    return wr_column_find(wr_record_of(noun), f->column, strlen(f->column));
}

enum wr_datum_kind
wr_search_kind(enum wr_noun noun, const struct wr_search_field *f)
{
    const struct wr_column *c = wr_search_column(noun, f);

    return c ? wr_column_kind(c) : WR_D_TEXT;
}

void
wr_search_value(enum wr_noun noun, const struct wr_search_field *f,
                const void *row, struct wr_arena *a, struct wr_datum *out)
{
    wr_column_get(wr_search_column(noun, f), row, a, out);
}

int
wr_datum_cmp(const struct wr_datum *x, const struct wr_datum *y)
{
    size_t n = x->len < y->len ? x->len : y->len;
    int c;

    if (x->kind == WR_D_INT4 || x->kind == WR_D_INT8)
        return x->i < y->i ? -1 : x->i > y->i;
    c = n ? memcmp(x->p, y->p, n) : 0;
    if (c != 0)
        return c;

    return x->len < y->len ? -1 : x->len > y->len;
}

/* ---- conditions ---- */

const struct wr_condition *
wr_where(struct wr_arena *a, enum wr_search_op op,
         const struct wr_search_field *f, const struct wr_datum *values,
         size_t n)
{
    struct wr_condition *c = wr_new(a, struct wr_condition);

    *c = (struct wr_condition){ .op = op, .field = f, .n_values = n };
    if (n)
        c->values = wr_arena_memdup(a, values, n * sizeof(*values));

    return c;
}

static const struct wr_condition *
group(struct wr_arena *a, enum wr_search_op op,
      const struct wr_condition *const *parts, size_t n)
{
    const struct wr_condition **kept = wr_newn(a, const struct wr_condition *,
                                               n + 1);
    struct wr_condition *c = wr_new(a, struct wr_condition);

    *c = (struct wr_condition){ .op = op, .parts = kept };
    for (size_t i = 0; i < n; i++)
        if (parts[i])
            kept[c->n_parts++] = parts[i];

    return c;
}

const struct wr_condition *
wr_where_all(struct wr_arena *a, const struct wr_condition *const *parts,
             size_t n)
{
    return group(a, WR_S_AND, parts, n);
}

const struct wr_condition *
wr_where_not(struct wr_arena *a, const struct wr_condition *part)
{
    return group(a, WR_S_NOT, &part, 1);
}

static const struct wr_condition *
number(struct wr_arena *a, enum wr_noun noun, enum wr_search_op op,
       const struct wr_search_field *f, int64_t v)
{
    struct wr_datum d = { .kind = wr_search_kind(noun, f), .i = v };

    return wr_where(a, op, f, &d, 1);
}

/* The order in which the states of a job are told. */
enum {
    AVAILABLE,
    LEASED,
    WAITING,
    SUSPENDED,
    FAILED
};

int
wr_job_state(const struct wr_job_row *row, int64_t now)
{
    if (row->retries == 0)
        return FAILED;
    if (row->due_at >= WR_NEVER)
        return SUSPENDED;
    if (!wr_uuid_is_zero(&row->lease) && row->lease_until > now)
        return LEASED;

    return row->due_at > now ? WAITING : AVAILABLE;
}

int32_t
wr_job_tries_left(const struct wr_job_row *row, int64_t now)
{
    int32_t left = row->retries - row->claims;

    if (row->claims && !wr_uuid_is_zero(&row->lease) && row->lease_until > now)
        left++;

    return left > 0 ? left : 0;
}

const struct wr_condition *
wr_where_job_state(struct wr_arena *a, int state, int64_t now)
{
    const struct wr_search_field *retries = named(WR_JOBS, "retries");
    const struct wr_search_field *due = named(WR_JOBS, "dueAt");
    const struct wr_condition *failed = number(a, WR_JOBS, WR_S_EQ, retries, 0);
    const struct wr_condition *never = number(a, WR_JOBS, WR_S_GTE, due,
                                              WR_NEVER);
    const struct wr_condition *later = number(a, WR_JOBS, WR_S_GT, due, now);
    const struct wr_condition *held[] = {
        wr_where(a, WR_S_EXISTS, &lease_field, NULL, 0),
        number(a, WR_JOBS, WR_S_GT, &until_field, now),
    };
    const struct wr_condition *leased = wr_where_all(a, held, WR_COUNT(held));
    const struct wr_condition *parts[4] = { wr_where_not(a, failed) };

    if (state == FAILED)
        return failed;
    parts[1] = state == SUSPENDED ? never : wr_where_not(a, never);
    if (state == LEASED)
        parts[2] = leased;
    else if (state != SUSPENDED)
        parts[2] = wr_where_not(a, leased);
    if (state == WAITING)
        parts[3] = later;
    else if (state == AVAILABLE)
        parts[3] = wr_where_not(a, later);

    return wr_where_all(a, parts, WR_COUNT(parts));
}

/* ---- a lookup as a search ---- */

struct asking {
    struct wr_arena *a;
    enum wr_noun noun;
    const struct wr_condition *parts[16];
    size_t n;
};

static void
ask(struct asking *q, enum wr_search_op op, const char *name, struct wr_datum d)
{
    const struct wr_search_field *f = named(q->noun, name);

    d.kind = wr_search_kind(q->noun, f);
    q->parts[q->n++] = wr_where(q->a, op, f, &d, 1);
}

static void
ask_id(struct asking *q, const char *name, const struct wr_uuid *id)
{
    if (id)
        ask(q, WR_S_EQ, name,
            (struct wr_datum){ .p = id->b, .len = sizeof(id->b) });
}

static void
ask_text(struct asking *q, const char *name, const char *text)
{
    if (text)
        ask(q, WR_S_EQ, name,
            (struct wr_datum){ .p = text, .len = strlen(text) });
}

static void
ask_number(struct asking *q, enum wr_search_op op, const char *name, bool given,
           int64_t v)
{
    if (given)
        ask(q, op, name, (struct wr_datum){ .i = v });
}

int
wr_search_of_query(const struct wr_query *q, struct wr_arena *a,
                   struct wr_search *out, struct wr_err *err)
{
    struct asking s = { .a = a, .noun = q->noun };

    if (q->due_before || q->after_seq || q->bucket_from || q->bucket_to
        || !named(q->noun, "id"))
        return wr_fail(err, WR_EUNSUPPORTED, "this lookup is no search");
    ask_id(&s, "id", q->id);
    ask_id(&s, "instance", q->instance);
    ask_id(&s, "definition", q->definition);
    ask_id(&s, "parent", q->parent);
    ask_text(&s, "definitionKey", q->key);
    ask_text(&s, "businessKey", q->business_key);
    ask_text(&s, "assignee", q->assignee);
    ask_text(&s, "candidateUsers", q->candidate_user);
    ask_text(&s, "candidateGroups", q->candidate_group);
    ask_text(&s, "type", q->type);
    ask_number(&s, WR_S_EQ, "state", q->state != -1, q->state);
    ask_number(&s, WR_S_GT, "incidents", q->with_incidents, 0);
    ask_number(&s, WR_S_GT, "startedAt", q->started_after, q->started_after);
    ask_number(&s, WR_S_LT, "startedAt", q->started_before, q->started_before);
    *out = (struct wr_search){
        .noun = q->noun,
        .tenant = q->tenant,
        .where = wr_where_all(a, s.parts, s.n),
        .order = { { named(q->noun, "id"), q->descending } },
        .n_order = 1,
        .cursor = q->cursor,
        .limit = q->limit,
    };

    return 0;
}

/* ---- cursors ---- */

/* Tells one order from another. */
static uint32_t
print_of(const struct wr_search_plan *p)
{
    uint32_t h = 2166136261U ^ (uint32_t)p->search->noun;

    for (int i = 0; i < p->n_order; i++) {
        for (const char *s = p->order[i].field->name; *s; s++)
            h = (h ^ (uint8_t)*s) * 16777619U;
        h = (h ^ (p->order[i].descending ? 1U : 2U)) * 16777619U;
    }

    return h;
}

static void
put_number(struct wr_str *s, uint64_t v, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        wr_str_addc(s, (char)(v >> (8 * i)));
}

static bool
is_number(const struct wr_datum *d)
{
    return d->kind == WR_D_INT4 || d->kind == WR_D_INT8;
}

static const char *
cursor(const struct wr_search_plan *p, const void *row, struct wr_arena *a)
{
    struct wr_str s = { .arena = a };
    struct wr_datum d;

    put_number(&s, print_of(p), 4);
    for (int i = 0; i < p->n_order; i++) {
        wr_search_value(p->search->noun, p->order[i].field, row, a, &d);
        put_number(&s, d.null ? 1 : 0, 1);
        if (d.null)
            continue;
        put_number(&s, is_number(&d) ? (uint64_t)d.i : d.len, 8);
        if (!is_number(&d))
            wr_str_addn(&s, d.p, d.len);
    }

    return wr_cursor_text(a, s.s, s.len);
}

struct bytes {
    const uint8_t *p;
    size_t n;
    bool bad;
};

static uint64_t
take_number(struct bytes *b, size_t bytes)
{
    uint64_t v = 0;

    if (b->n < bytes) {
        b->bad = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | b->p[i];
    b->p += bytes;
    b->n -= bytes;

    return v;
}

static void
take_value(struct bytes *b, struct wr_arena *a, struct wr_datum *out)
{
    uint64_t v;

    out->null = take_number(b, 1) == 1;
    if (out->null)
        return;
    v = take_number(b, 8);
    out->i = (int64_t)v;
    if (out->kind == WR_D_INT4 && out->i != (int32_t)out->i)
        b->bad = true;
    if (is_number(out) || b->bad)
        return;
    if (v > b->n || (out->kind == WR_D_UUID && v != sizeof(struct wr_uuid))) {
        b->bad = true;
        return;
    }
    out->p = wr_arena_strndup(a, (const char *)b->p, (size_t)v);
    out->len = (size_t)v;
    /* what cannot be stored was never a row's value */
    if (out->kind == WR_D_TEXT
        && (memchr(b->p, 0, (size_t)v) || wr_utf8_valid(out->p, out->len) != v))
        b->bad = true;
    b->p += v;
    b->n -= (size_t)v;
}

static int
read_cursor(struct wr_search_plan *p, struct wr_arena *a, struct wr_err *err)
{
    struct bytes b;
    uint8_t *raw;
    int n;

    n = wr_cursor_bytes(a, p->search->cursor, &raw);
    b = (struct bytes){ raw, n < 0 ? 0 : (size_t)n, n < 0 };
    b.bad = b.bad || take_number(&b, 4) != print_of(p);
    for (int i = 0; i < p->n_order && !b.bad; i++) {
        p->last[i].kind = wr_search_kind(p->search->noun, p->order[i].field);
        take_value(&b, a, &p->last[i]);
    }
    if (b.bad || b.n || p->last[p->n_order - 1].null)
        return wr_fail(err, WR_EINVALID, "the cursor is not of this search");
    p->after = true;

    return 0;
}

int
wr_search_plan(const struct wr_search *s, struct wr_arena *a,
               struct wr_search_plan *out, struct wr_err *err)
{
    const struct wr_search_field *id = named(s->noun, "id");
    bool by_id = false;

    if (!id)
        return wr_fail(err, WR_EUNSUPPORTED, "these rows are not searched");
    if (s->limit < 1 || s->limit > MAX_LIMIT)
        return wr_fail(err, WR_EINVALID, "limit %d is not within 1..%d",
                       s->limit, MAX_LIMIT);
    *out = (struct wr_search_plan){ .search = s };
    for (int i = 0; i < s->n_order && !by_id; i++) {
        if (!s->order[i].field->sorts)
            return wr_fail(err, WR_EINVALID, "'%s' does not sort",
                           s->order[i].field->name);
        out->order[out->n_order++] = s->order[i];
        by_id = s->order[i].field == id;
    }
    if (!by_id)
        out->order[out->n_order++] = (struct wr_order){ id, true };
    if (s->cursor)
        return read_cursor(out, a, err);

    return 0;
}

void
wr_search_answer(const struct wr_search_plan *p, struct wr_arena *a,
                 const void *rows, size_t n, struct wr_rows *out)
{
    const struct wr_record *r = wr_record_of(p->search->noun);
    size_t limit = (size_t)p->search->limit;

    *out = (struct wr_rows){ .noun = p->search->noun,
                             .n = n > limit ? limit : n,
                             .any = rows };
    if (n > limit)
        out->next = cursor(p, (const char *)rows + r->size * (limit - 1), a);
}

#include "engine/store/query.h"

#include <limits.h>
#include <string.h>

#include "engine/base/str.h"

enum {
    DEFAULT_LIMIT = 1000,
    MAX_LIMIT = 10000,
    MAX_CURSOR = 4096
};

/* The members of a query, one bit each. */
enum member {
    ID = 1 << 0,
    INSTANCE = 1 << 1,
    DEFINITION = 1 << 2,
    DEPLOYMENT = 1 << 3,
    KEY = 1 << 4,
    NAME = 1 << 5,
    VERSION = 1 << 6,
    LATEST = 1 << 7,
    STATE = 1 << 8,
    BUSINESS_KEY = 1 << 9,
    ASSIGNEE = 1 << 10,
    CANDIDATE_USER = 1 << 11,
    CANDIDATE_GROUP = 1 << 12,
    TYPE = 1 << 13,
    WITH_INCIDENTS = 1 << 14,
    KEY_EXACT = 1 << 15,
    DUE_BEFORE = 1 << 16,
    STARTED_AFTER = 1 << 17,
    STARTED_BEFORE = 1 << 18,
    AFTER_SEQ = 1 << 19,
    BUCKETS = 1 << 20,
    DESCENDING = 1 << 21,
    ASYNC = 1 << 22, /* type is "": the scheduler's own jobs */
    SUBSCRIPTION = 1 << 23,
    PARENT = 1 << 24,
    SINGLETON = 1 << 25,
    GUARD_BEFORE = 1 << 26,
    BATCH = 1 << 27,
    DUE_AFTER = 1 << 28,
    ELEMENT = 1 << 29,
    PLACES = 1 << 30,
};

static const char *const member_names[] = {
    "id",
    "instance",
    "definition",
    "deployment",
    "key",
    "name",
    "version",
    "latest",
    "state",
    "business_key",
    "assignee",
    "candidate_user",
    "candidate_group",
    "type",
    "with_incidents",
    "key_exact",
    "due_before",
    "started_after",
    "started_before",
    "after_seq",
    "bucket_from",
    "descending",
    "type",
    "subscription",
    "parent",
    "singleton",
    "guard_before",
    "batch",
    "due_after",
    "element",
    "places",
};

static const char *const noun_names[] = {
    [WR_DEPLOYMENTS] = "deployments",
    [WR_RESOURCES] = "resources",
    [WR_DEFINITIONS] = "definitions",
    [WR_INSTANCES] = "instances",
    [WR_TASKS] = "tasks",
    [WR_JOBS] = "jobs",
    [WR_TIMERS] = "timers",
    [WR_SUBSCRIPTIONS] = "subscriptions",
    [WR_INCIDENTS] = "incidents",
    [WR_HISTORIES] = "history",
    [WR_USERS] = "users",
    [WR_SESSIONS] = "sessions",
    [WR_IDEMPOTENCIES] = "idempotency keys",
    [WR_OUTBOXES] = "outbox",
    [WR_FORMS] = "forms",
    [WR_SUSPENSIONS] = "suspensions",
    [WR_SPILLS] = "parts of states",
    [WR_COUNTS] = "counts",
    [WR_DECISIONS] = "decisions",
    [WR_MESSAGES] = "messages",
    [WR_PAST_INSTANCES] = "past instances",
    [WR_ACTIVITIES] = "activities",
    [WR_PAST_TASKS] = "past tasks",
    [WR_VARIABLE_ROWS] = "variables",
    [WR_ELEMENT_COUNTS] = "element counts",
    [WR_BATCHES] = "batches",
    [WR_BATCH_ITEMS] = "items of batches",
    [WR_DEAD_LETTERS] = "dead letters",
};

static const uint32_t takes[] = {
    [WR_DEPLOYMENTS] = ID | DESCENDING,
    [WR_RESOURCES] = DEPLOYMENT | NAME,
    [WR_DEFINITIONS] = ID | DEPLOYMENT | KEY | VERSION | LATEST | STATE
                       | DESCENDING,
    [WR_INSTANCES] = ID | DEFINITION | KEY | STATE | BUSINESS_KEY | PARENT
                     | SINGLETON | WITH_INCIDENTS | STARTED_AFTER
                     | STARTED_BEFORE | DESCENDING,
    [WR_TASKS] = ID | INSTANCE | DEFINITION | STATE | ASSIGNEE | CANDIDATE_USER
                 | CANDIDATE_GROUP | DESCENDING,
    [WR_JOBS] = ID | INSTANCE | DEFINITION | TYPE | ASYNC | DUE_BEFORE | BUCKETS
                | GUARD_BEFORE | DESCENDING,
    [WR_TIMERS] = ID | INSTANCE | DEFINITION | DUE_BEFORE | DUE_AFTER | BUCKETS
                  | DESCENDING,
    [WR_SUBSCRIPTIONS] = ID | INSTANCE | DEFINITION | NAME | KEY | KEY_EXACT
                         | SUBSCRIPTION | ELEMENT | PLACES | DESCENDING,
    [WR_INCIDENTS] = ID | INSTANCE | DEFINITION | TYPE | DESCENDING,
    [WR_HISTORIES] = INSTANCE | AFTER_SEQ | DESCENDING,
    [WR_USERS] = KEY,
    [WR_SESSIONS] = ID | KEY | DESCENDING,
    [WR_IDEMPOTENCIES] = KEY,
    [WR_OUTBOXES] = ID | BATCH | NAME | DUE_BEFORE | BUCKETS | DESCENDING,
    [WR_FORMS] = DEPLOYMENT | KEY | VERSION | DESCENDING,
    [WR_SUSPENSIONS] = DEFINITION | NAME | STATE | DESCENDING,
    [WR_SPILLS] = ID | INSTANCE | DESCENDING,
    [WR_MESSAGES] = ID | NAME | KEY | KEY_EXACT | DUE_BEFORE | DESCENDING,
    /* These are searched, not looked up. */
    [WR_PAST_INSTANCES] = 0,
    [WR_ACTIVITIES] = 0,
    [WR_PAST_TASKS] = 0,
    [WR_VARIABLE_ROWS] = 0,
    [WR_ELEMENT_COUNTS] = 0,
    [WR_COUNTS] = DEFINITION,
    [WR_DECISIONS] = ID | DEPLOYMENT | KEY | VERSION | LATEST | STATE
                     | DESCENDING,
    [WR_BATCHES] = ID | BATCH | STATE | DESCENDING,
    [WR_BATCH_ITEMS] = BATCH | STATE,
    [WR_DEAD_LETTERS] = ID | INSTANCE | NAME | DUE_BEFORE | DESCENDING,
};

/* The first row whose members are all given is the way to the rows. */
static const struct path {
    enum wr_noun noun;
    uint32_t needs;
    enum wr_sql up, down;
} paths[] = {
#define BOTH(sql) WR_SQL_##sql, WR_SQL_##sql##_DESC
#define ONE(sql)  WR_SQL_##sql, WR_SQL_##sql
#define UP(sql)   WR_SQL_##sql, WR_SQL_COUNT
    { WR_DEPLOYMENTS, ID, ONE(DEPLOYMENT_BY_ID) },
    { WR_DEPLOYMENTS, 0, BOTH(DEPLOYMENT_LIST) },
    { WR_RESOURCES, DEPLOYMENT, UP(RESOURCE_LIST) },
    { WR_DEFINITIONS, ID, ONE(DEFINITION_BY_ID) },
    { WR_DEFINITIONS, KEY, BOTH(DEFINITION_BY_KEY) },
    { WR_DEFINITIONS, DEPLOYMENT, UP(DEFINITION_BY_DEPLOYMENT) },
    { WR_DEFINITIONS, 0, BOTH(DEFINITION_LIST) },
    { WR_INSTANCES, ID, ONE(INSTANCE_BY_ID) },
    { WR_INSTANCES, SINGLETON, BOTH(INSTANCE_BY_SINGLETON) },
    { WR_INSTANCES, PARENT, BOTH(INSTANCE_BY_PARENT) },
    { WR_INSTANCES, BUSINESS_KEY, BOTH(INSTANCE_BY_BUSINESS_KEY) },
    { WR_INSTANCES, DEFINITION, BOTH(INSTANCE_BY_DEFINITION) },
    { WR_INSTANCES, 0, BOTH(INSTANCE_LIST) },
    { WR_TASKS, ID, ONE(TASK_BY_ID) },
    { WR_TASKS, INSTANCE, BOTH(TASK_BY_INSTANCE) },
    { WR_TASKS, ASSIGNEE, BOTH(TASK_BY_ASSIGNEE) },
    { WR_TASKS, 0, BOTH(TASK_LIST) },
    { WR_JOBS, ID, ONE(JOB_BY_ID) },
    { WR_JOBS, INSTANCE, BOTH(JOB_BY_INSTANCE) },
    { WR_JOBS, ASYNC | DUE_BEFORE, BOTH(JOB_DUE) },
    { WR_JOBS, GUARD_BEFORE, BOTH(JOB_LOST) },
    { WR_JOBS, 0, BOTH(JOB_LIST) },
    { WR_TIMERS, ID, ONE(TIMER_BY_ID) },
    { WR_TIMERS, INSTANCE, BOTH(TIMER_BY_INSTANCE) },
    { WR_TIMERS, DUE_BEFORE, BOTH(TIMER_DUE) },
    { WR_TIMERS, 0, BOTH(TIMER_LIST) },
    { WR_SUBSCRIPTIONS, ID, ONE(SUBSCRIPTION_BY_ID) },
    { WR_SUBSCRIPTIONS, INSTANCE, BOTH(SUBSCRIPTION_BY_INSTANCE) },
    { WR_SUBSCRIPTIONS, NAME | PLACES, UP(SUBSCRIPTION_PLACES) },
    { WR_SUBSCRIPTIONS, NAME | KEY, BOTH(SUBSCRIPTION_BY_KEY) },
    { WR_SUBSCRIPTIONS, NAME | DEFINITION | ELEMENT,
      UP(SUBSCRIPTION_BY_PLACE) },
    { WR_SUBSCRIPTIONS, NAME | KEY_EXACT, BOTH(SUBSCRIPTION_WITHOUT_KEY) },
    { WR_SUBSCRIPTIONS, NAME, BOTH(SUBSCRIPTION_BY_NAME) },
    { WR_SUBSCRIPTIONS, 0, BOTH(SUBSCRIPTION_LIST) },
    { WR_MESSAGES, ID, ONE(MESSAGE_BY_ID) },
    { WR_MESSAGES, NAME | KEY, BOTH(MESSAGE_BY_KEY) },
    { WR_MESSAGES, NAME | KEY_EXACT, BOTH(MESSAGE_WITHOUT_KEY) },
    { WR_MESSAGES, NAME, BOTH(MESSAGE_BY_NAME) },
    { WR_MESSAGES, DUE_BEFORE, BOTH(MESSAGE_EXPIRED) },
    { WR_MESSAGES, 0, BOTH(MESSAGE_LIST) },
    { WR_INCIDENTS, ID, ONE(INCIDENT_BY_ID) },
    { WR_INCIDENTS, INSTANCE, BOTH(INCIDENT_BY_INSTANCE) },
    { WR_INCIDENTS, 0, BOTH(INCIDENT_LIST) },
    { WR_HISTORIES, INSTANCE, BOTH(HISTORY_BY_INSTANCE) },
    { WR_USERS, 0, UP(USER_LIST) },
    { WR_SESSIONS, ID, ONE(SESSION_BY_ID) },
    { WR_SESSIONS, 0, BOTH(SESSION_LIST) },
    { WR_IDEMPOTENCIES, KEY, ONE(IDEMPOTENCY_BY_KEY) },
    { WR_OUTBOXES, ID, ONE(OUTBOX_BY_ID) },
    { WR_OUTBOXES, BATCH, BOTH(OUTBOX_OF_BATCH) },
    { WR_OUTBOXES, DUE_BEFORE, BOTH(OUTBOX_DUE) },
    { WR_OUTBOXES, 0, BOTH(OUTBOX_LIST) },
    { WR_FORMS, DEPLOYMENT, UP(FORM_BY_DEPLOYMENT) },
    { WR_FORMS, KEY, BOTH(FORM_BY_KEY) },
    { WR_FORMS, 0, UP(FORM_LIST) },
    { WR_SUSPENSIONS, 0, BOTH(SUSPENSION_LIST) },
    { WR_SPILLS, ID | INSTANCE, ONE(SPILL_BY_ID) },
    { WR_SPILLS, INSTANCE, BOTH(SPILL_BY_INSTANCE) },
    { WR_COUNTS, 0, UP(INSTANCE_COUNTS) },
    { WR_DECISIONS, ID, ONE(DECISION_BY_ID) },
    { WR_DECISIONS, KEY, BOTH(DECISION_BY_KEY) },
    { WR_DECISIONS, DEPLOYMENT, UP(DECISION_BY_DEPLOYMENT) },
    { WR_DECISIONS, 0, UP(DECISION_LIST) },
    { WR_BATCHES, ID | BATCH, ONE(BATCH_HEAD) },
    { WR_BATCHES, ID, ONE(BATCH_BY_ID) },
    { WR_BATCHES, 0, BOTH(BATCH_LIST) },
    { WR_BATCH_ITEMS, BATCH, UP(BATCH_ITEMS) },
    { WR_DEAD_LETTERS, ID, ONE(DEAD_LETTER_BY_ID) },
    { WR_DEAD_LETTERS, DUE_BEFORE, BOTH(DEAD_LETTER_OLD) },
    { WR_DEAD_LETTERS, 0, BOTH(DEAD_LETTER_LIST) },
#undef BOTH
#undef ONE
#undef UP
};

#define T struct wr_lookup
#define COL(type, name, member)                   \
    {                                             \
        name, WR_C_##type, offsetof(T, member), 0 \
    }
static const struct wr_column query_c[] = {
    COL(INT4, "tenant", tenant),
    COL(STATE, "state", state),
    COL(STATE, "subscription", subscription),
    COL(POS4, "version", version),
    COL(INT4, "element", element),
    COL(INT4, "bucket", bucket),
    COL(INT4, "bucket_from", bucket_from),
    COL(INT4, "bucket_to", bucket_to),
    COL(UUID0, "id", id),
    COL(UUID0, "instance", instance),
    COL(UUID0, "definition", definition),
    COL(UUID0, "deployment", deployment),
    COL(UUID0, "parent", parent),
    COL(UUID0, "batch", batch),
    COL(TEXT, "key", key),
    COL(TEXT, "name", name),
    COL(TEXT, "business_key", business_key),
    COL(TEXT, "singleton", singleton),
    COL(TEXT, "assignee", assignee),
    COL(TEXT, "candidate_user", candidate_user),
    COL(TEXT, "candidate_group", candidate_group),
    COL(TEXT, "type", type),
    COL(BOOL, "latest", latest),
    COL(BOOL, "with_incidents", with_incidents),
    COL(BOOL, "key_exact", key_exact),
    COL(AT, "due_before", due_before),
    COL(AT, "guard_before", guard_before),
    COL(AT, "started_after", started_after),
    COL(AT, "started_before", started_before),
    COL(AT, "after_seq", after_seq),
    COL(INT8, "limit", rows),
    COL(TEXT, "c_text", c.text),
    COL(INT8, "c_at", c.at),
    COL(UUID, "c_id", c.id),
};
const struct wr_record wr_record_query = { "query", sizeof(T), query_c,
                                           WR_COUNT(query_c), 0 };
#undef COL
#undef T

/* State 0 is a state; where a noun has none it is a member left alone. */
static bool
has_state(const struct wr_query *q)
{
    return q->state != -1 && (q->state != 0 || (takes[q->noun] & STATE));
}

static uint32_t
members(const struct wr_query *q)
{
    return (q->id ? ID : 0U) | (q->instance ? INSTANCE : 0U)
           | (q->definition ? DEFINITION : 0U)
           | (q->deployment ? DEPLOYMENT : 0U) | (q->key ? KEY : 0U)
           | (q->name ? NAME : 0U) | (q->version ? VERSION : 0U)
           | (q->latest ? LATEST : 0U) | (has_state(q) ? STATE : 0U)
           | (q->business_key ? BUSINESS_KEY : 0U)
           | (q->assignee ? ASSIGNEE : 0U)
           | (q->candidate_user ? CANDIDATE_USER : 0U)
           | (q->candidate_group ? CANDIDATE_GROUP : 0U) | (q->type ? TYPE : 0U)
           | (q->type && !*q->type ? ASYNC : 0U)
           | (q->subscription ? SUBSCRIPTION : 0U)
           | (q->with_incidents ? WITH_INCIDENTS : 0U)
           | (q->key_exact ? KEY_EXACT : 0U) | (q->due_before ? DUE_BEFORE : 0U)
           | (q->due_after ? DUE_AFTER : 0U)
           | (q->guard_before ? GUARD_BEFORE : 0U)
           | (q->started_after ? STARTED_AFTER : 0U)
           | (q->started_before ? STARTED_BEFORE : 0U)
           | (q->after_seq ? AFTER_SEQ : 0U)
           | (q->bucket_from || q->bucket_to ? BUCKETS : 0U)
           | (q->batch ? BATCH : 0U) | (q->parent ? PARENT : 0U)
           | (q->singleton ? SINGLETON : 0U) | (q->element ? ELEMENT : 0U)
           | (q->places ? PLACES : 0U) | (q->descending ? DESCENDING : 0U);
}

static int
choose_path(const struct wr_query *q, enum wr_sql *out, struct wr_err *err)
{
    uint32_t given = members(q), unknown = given & ~takes[q->noun];
    uint32_t needs = 0;

    if (unknown)
        return wr_fail(err, WR_EUNSUPPORTED, "%s cannot be looked up by '%s'",
                       noun_names[q->noun],
                       member_names[__builtin_ctz(unknown)]);
    for (size_t i = 0; i < WR_COUNT(paths); i++) {
        if (paths[i].noun != q->noun)
            continue;
        needs = paths[i].needs;
        if ((needs & ~given) != 0)
            continue;
        *out = q->descending ? paths[i].down : paths[i].up;
        if (*out == WR_SQL_COUNT)
            return wr_fail(err, WR_EUNSUPPORTED,
                           "this list of %s has no descending order",
                           noun_names[q->noun]);
        return 0;
    }

    if (!needs)
        return wr_fail(err, WR_EUNSUPPORTED, "%s are searched, not looked up",
                       noun_names[q->noun]);

    return wr_fail(err, WR_EUNSUPPORTED, "%s are looked up by '%s' only",
                   noun_names[q->noun], member_names[__builtin_ctz(needs)]);
}

/* ---- cursors ---- */

static const char base64url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *
wr_cursor_text(struct wr_arena *a, const void *bytes, size_t n)
{
    struct wr_str s = { .arena = a };
    const uint8_t *p = bytes;

    for (size_t i = 0; i < n; i += 3) {
        uint32_t b = (uint32_t)p[i] << 16
                     | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0)
                     | (i + 2 < n ? p[i + 2] : 0);
        size_t digits = n - i >= 3 ? 4 : n - i + 1;

        for (size_t d = 0; d < digits; d++)
            wr_str_addc(&s, base64url[b >> (18 - 6 * d) & 63]);
    }

    return wr_str_text(&s);
}

int
wr_cursor_bytes(struct wr_arena *a, const char *text, uint8_t **out)
{
    uint32_t b = 0;
    int bits = 0, n = 0;

    *out = wr_arena_alloc(a, strlen(text) + 1);
    for (; *text; text++) {
        const char *digit = strchr(base64url, *text);

        if (!digit)
            return -1;
        b = b << 6 | (uint32_t)(digit - base64url);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            (*out)[n++] = (uint8_t)(b >> bits);
        }
    }

    return n;
}

enum {
    HEAD = 1 + 8 + 16 /* noun and direction, at, id; the text follows */
};

static uint8_t
tag(const struct wr_query *q)
{
    return (uint8_t)((unsigned)q->noun << 1 | (q->descending ? 1U : 0U));
}

static const char *
cursor(const struct wr_query *q, const struct wr_key *k, struct wr_arena *a)
{
    size_t text = strlen(k->text);
    uint8_t *b = wr_arena_alloc(a, HEAD + text);

    b[0] = tag(q);
    for (int i = 0; i < 8; i++)
        b[1 + i] = (uint8_t)((uint64_t)k->at >> (56 - 8 * i));
    memcpy(b + 9, k->id.b, sizeof(k->id.b));
    memcpy(b + HEAD, k->text, text);

    return wr_cursor_text(a, b, HEAD + text);
}

const char *
wr_cursor_from(const struct wr_query *q, int64_t at, struct wr_arena *a)
{
    struct wr_key k = { .text = "", .at = at - 1 };

    memset(k.id.b, 0xFF, sizeof(k.id.b));

    return cursor(q, &k, a);
}

static int
read_cursor(const struct wr_query *q, struct wr_arena *a, struct wr_key *out,
            struct wr_err *err)
{
    size_t len = strlen(q->cursor);
    uint64_t at = 0;
    uint8_t *b;
    int n;

    if (len > MAX_CURSOR)
        return wr_fail(err, WR_EINVALID, "the cursor is too long");
    n = wr_cursor_bytes(a, q->cursor, &b);
    if (n < HEAD || b[0] != tag(q))
        return wr_fail(err, WR_EINVALID, "the cursor is not of this list");
    for (int i = 0; i < 8; i++)
        at = at << 8 | b[1 + i];
    out->at = (int64_t)at;
    memcpy(out->id.b, b + 9, sizeof(out->id.b));
    out->text = wr_arena_strndup(a, (const char *)b + HEAD, (size_t)n - HEAD);
    if (wr_utf8_valid(out->text, strlen(out->text)) != (size_t)n - HEAD)
        return wr_fail(err, WR_EINVALID, "the cursor is not of this list");

    return 0;
}

/* ---- */

static struct wr_uuid
given(const struct wr_uuid *u)
{
    return u ? *u : (struct wr_uuid){ { 0 } };
}

static void
fill(const struct wr_query *q, struct wr_lookup *l)
{
    const struct wr_uuid *tree = q->id ? q->id : q->instance;
    bool buckets = q->bucket_from || q->bucket_to;

    *l = (struct wr_lookup){
        .query = q,
        .limit = q->limit ? q->limit : DEFAULT_LIMIT,
        .tenant = q->tenant,
        .state = q->state,
        .version = q->version,
        .subscription = q->subscription - 1,
        .element = q->element,
        .places = q->places,
        .bucket = tree ? wr_uuid_bucket(tree) : 0,
        .bucket_from = q->bucket_from,
        .bucket_to = buckets ? q->bucket_to : WR_BUCKETS - 1,
        .id = given(q->id),
        .instance = given(q->instance),
        .definition = given(q->definition),
        .deployment = given(q->deployment),
        .parent = given(q->parent),
        .batch = given(q->batch),
        .key = q->key,
        .name = q->name,
        .business_key = q->business_key,
        .singleton = q->singleton,
        .assignee = q->assignee,
        .candidate_user = q->candidate_user,
        .candidate_group = q->candidate_group,
        .type = q->type,
        .latest = q->latest,
        .with_incidents = q->with_incidents,
        .key_exact = q->key_exact,
        .due_before = q->due_before,
        .guard_before = q->guard_before,
        .started_after = q->started_after,
        .started_before = q->started_before,
        .after_seq = q->after_seq,
        .c = { .text = "", .at = INT64_MIN },
    };
    l->rows = l->limit + 1;
    if (q->due_after) /* no row has the id 0 */
        l->c.at = q->due_after;
    if (q->descending) {
        l->c.text = NULL;
        l->c.at = INT64_MAX;
        memset(l->c.id.b, 0xFF, sizeof(l->c.id.b));
    }
}

int
wr_lookup_init(const struct wr_query *q, struct wr_arena *a,
               struct wr_lookup *out, struct wr_err *err)
{
    if (q->limit < 0 || q->limit > MAX_LIMIT)
        return wr_fail(err, WR_EINVALID, "limit %d is not within 0..%d",
                       q->limit, MAX_LIMIT);
    if (q->due_after && q->descending)
        return wr_fail(err, WR_EUNSUPPORTED,
                       "due_after of timers, newest first");
    fill(q, out);
    if (choose_path(q, &out->sql, err) < 0)
        return (int)err->code;
    if (q->cursor && read_cursor(q, a, &out->c, err) < 0)
        return (int)err->code;

    return 0;
}

static struct wr_key
by_id(struct wr_uuid id)
{
    return (struct wr_key){ .text = "", .id = id };
}

struct wr_key
wr_row_key(enum wr_noun noun, const void *row)
{
    const struct wr_definition_row *d = row;
    const struct wr_form_row *f = row;
    const struct wr_decision_row *c = row;
    const struct wr_job_row *j = row;
    const struct wr_timer_row *t = row;
    const struct wr_outbox_row *o = row;
    const struct wr_suspension_row *s = row;
    const struct wr_message_row *m = row;
    const struct wr_batch_item_row *i = row;
    const struct wr_dead_letter_row *l = row;

    switch (noun) {
    case WR_RESOURCES:
        return (struct wr_key){ ((const struct wr_resource_row *)row)->name,
                                0,
                                { { 0 } } };
    case WR_DEFINITIONS:
        return (struct wr_key){ d->key, d->version, { { 0 } } };
    case WR_FORMS:
        return (struct wr_key){ f->key, f->version, { { 0 } } };
    case WR_DECISIONS:
        return (struct wr_key){ c->key, c->version, { { 0 } } };
    case WR_JOBS:
        return (struct wr_key){ "", j->due_at, j->id };
    case WR_TIMERS:
        return (struct wr_key){ "", t->due_at, t->id };
    case WR_OUTBOXES:
        return (struct wr_key){ "", o->due_at, o->id };
    case WR_BATCH_ITEMS:
        return (struct wr_key){ "", i->number, i->id };
    case WR_DEAD_LETTERS:
        return (struct wr_key){ "", l->first_at, l->id };
    case WR_SUSPENSIONS:
        return (struct wr_key){ "", s->at, s->id };
    case WR_MESSAGES:
        return (struct wr_key){ "", m->pos, m->id };
    case WR_HISTORIES:
        return (struct wr_key){ "",
                                ((const struct wr_history_row *)row)->seq,
                                { { 0 } } };
    case WR_USERS:
        return (struct wr_key){ ((const struct wr_user_row *)row)->name,
                                0,
                                { { 0 } } };
    case WR_IDEMPOTENCIES:
        return (struct wr_key){ ((const struct wr_idempotency_row *)row)->key,
                                0,
                                { { 0 } } };
    case WR_DEPLOYMENTS:
    case WR_INSTANCES:
    case WR_TASKS:
    case WR_SUBSCRIPTIONS:
    case WR_INCIDENTS:
    case WR_SESSIONS:
    case WR_SPILLS:
    case WR_PAST_INSTANCES:
    case WR_ACTIVITIES:
    case WR_PAST_TASKS:
    case WR_VARIABLE_ROWS:
    case WR_ELEMENT_COUNTS:
    case WR_COUNTS:
    case WR_BATCHES:
        break;
    }

    /* These have their id in front. */
    return by_id(*(const struct wr_uuid *)row);
}

int
wr_key_cmp(const struct wr_key *x, const struct wr_key *y)
{
    int text = strcmp(x->text, y->text);

    if (text)
        return text;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;

    return wr_uuid_cmp(&x->id, &y->id);
}

void
wr_lookup_answer(const struct wr_lookup *l, struct wr_arena *a,
                 const void *rows, size_t n, struct wr_rows *out)
{
    const struct wr_record *r = wr_record_of(l->query->noun);
    bool more = n > (size_t)l->limit;
    struct wr_key last;

    *out = (struct wr_rows){ .noun = l->query->noun,
                             .n = more ? (size_t)l->limit : n };
    out->any = rows;
    if (more) {
        last = wr_row_key(l->query->noun,
                          (const char *)rows + r->size * (out->n - 1));
        out->next = cursor(l->query, &last, a);
    }
}

int64_t
wr_offer_rank(const struct wr_job_row *j)
{
    int64_t since = j->due_at > j->created_at ? j->due_at : j->created_at;

    return since - (int64_t)j->priority * WR_PRIORITY_MS;
}

int
wr_offer_cmp(const void *x, const void *y)
{
    const struct wr_job_row *a = x, *b = y;
    int64_t i = wr_offer_rank(a), k = wr_offer_rank(b);

    return i != k ? (i < k ? -1 : 1) : wr_uuid_cmp(&a->id, &b->id);
}

void
wr_claim_take(const struct wr_claim *c, struct wr_uuid *base,
              struct wr_job_row *j)
{
    j->lease_owner = c->worker;
    j->lease = wr_uuid_next(base);
    j->lease_until = c->until;
    j->claims++;
    j->guard_at = j->claims >= j->retries ? c->until : 0;
}

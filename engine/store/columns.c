#include "engine/store/columns.h"

#include <string.h>

#include "engine/base/str.h"
#include "engine/store/project_ops.h"

#define COL(T, type, name, member)                \
    {                                             \
        name, WR_C_##type, offsetof(T, member), 0 \
    }
#define RECORD(id, T, read)                                           \
    const struct wr_record wr_record_##id = { #id, sizeof(T), id##_c, \
                                              WR_COUNT(id##_c), read }

#define T struct wr_deployment_row
static const struct wr_column deployment_c[] = {
    COL(T, UUID, "id", id),       COL(T, INT4, "tenant", tenant),
    COL(T, TEXT, "name", name),   COL(T, INT8, "deployed_at", deployed_at),
    COL(T, TEXT, "actor", actor), COL(T, BLOB, "hash", hash),
};
static RECORD(deployment, T, 6);
#undef T

#define T struct wr_resource_row
static const struct wr_column resource_c[] = {
    COL(T, UUID, "deployment", deployment),
    COL(T, NAME, "name", name),
    COL(T, BLOB, "bytes", bytes),
};
static RECORD(resource, T, 3);
#undef T

#define T struct wr_definition_row
static const struct wr_column definition_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "deployment", deployment),
    COL(T, INT4, "tenant", tenant),
    COL(T, NAME, "key", key),
    COL(T, INT4, "version", version),
    COL(T, TEXT, "kind", kind),
    COL(T, TEXT, "name", name),
    COL(T, TEXT, "version_tag", version_tag),
    COL(T, TEXT, "resource", resource),
    COL(T, INT4, "state", state),
    COL(T, BOOL, "executable", executable),
    COL(T, INT8, "deployed_at", deployed_at),
    COL(T, BLOB, "symbols", symbols),
    COL(T, AT, "history_ttl", history_ttl),
    COL(T, POS4, "history_level", history_level),
};
static RECORD(definition, T, 15);
#undef T

#define T struct wr_form_row
static const struct wr_column form_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "deployment", deployment),
    COL(T, INT4, "tenant", tenant),
    COL(T, NAME, "key", key),
    COL(T, INT4, "version", version),
    COL(T, TEXT, "kind", kind),
    COL(T, NAME, "resource", resource),
    COL(T, INT8, "deployed_at", deployed_at),
    COL(T, BLOB, "hash", hash),
    COL(T, BOOL, "fresh", fresh),
};
static RECORD(form, T, 10);
#undef T

#define T struct wr_decision_row
static const struct wr_column decision_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "deployment", deployment),
    COL(T, INT4, "tenant", tenant),
    COL(T, NAME, "key", key),
    COL(T, INT4, "version", version),
    COL(T, TEXT, "kind", kind),
    COL(T, TEXT, "name", name),
    COL(T, TEXT, "version_tag", version_tag),
    COL(T, TEXT, "graph", graph),
    COL(T, TEXT, "graph_name", graph_name),
    COL(T, NAME, "resource", resource),
    COL(T, INT4, "state", state),
    COL(T, INT8, "deployed_at", deployed_at),
};
static RECORD(decision, T, 13);
#undef T

#define T struct wr_instance_row
static const struct wr_column instance_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT8, "rev", rev),
    COL(T, INT4, "state", state),
    COL(T, TEXT, "business_key", business_key),
    COL(T, INT8, "started_at", started_at),
    COL(T, AT, "ended_at", ended_at),
    COL(T, INT4, "incidents", incidents),
    COL(T, UUID0, "parent", parent),
    COL(T, UUID0, "root", root),
    COL(T, TEXT, "singleton", singleton),
    { "tags", WR_C_LIST, offsetof(T, tags), offsetof(T, n_tags) },
    COL(T, BLOB, "blob", blob),
};
static RECORD(instance, T, 14);
#undef T

#define T struct wr_history_row
static const struct wr_column history_c[] = {
    COL(T, UUID, "instance", instance), COL(T, INT8, "seq", seq),
    COL(T, UUID, "command", command),   COL(T, INT8, "at", at),
    COL(T, TEXT, "actor", actor),       COL(T, BLOB, "events", events),
};
static RECORD(history, T, 6);
#undef T

#define T struct wr_task_row
static const struct wr_column task_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, TEXT, "name", name),
    COL(T, TEXT, "assignee", assignee),
    { "candidate_users", WR_C_LIST, offsetof(T, candidate_users),
      offsetof(T, n_candidate_users) },
    { "candidate_groups", WR_C_LIST, offsetof(T, candidate_groups),
      offsetof(T, n_candidate_groups) },
    COL(T, INT4, "priority", priority),
    COL(T, AT, "due_at", due_at),
    COL(T, AT, "follow_up_at", follow_up_at),
    COL(T, INT8, "created_at", created_at),
    COL(T, INT8, "rev", rev),
    COL(T, INT4, "state", state),
    COL(T, TEXT, "owner_name", owner),
    COL(T, POS4, "delegation", delegation),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(task, T, 17);
#undef T

#define T struct wr_job_row
static const struct wr_column job_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, INT4, "kind", kind),
    COL(T, NAME, "type", type),
    COL(T, INT4, "priority", priority),
    COL(T, INT4, "retries", retries),
    COL(T, INT8, "due_at", due_at),
    COL(T, INT8, "created_at", created_at),
    COL(T, TEXT, "lease_owner", lease_owner),
    COL(T, UUID0, "lease", lease),
    COL(T, INT8, "lease_until", lease_until),
    COL(T, INT4, "attempt", attempt),
    COL(T, INT4, "claims", claims),
    COL(T, INT8, "guard_at", guard_at),
    COL(T, TEXT, "error", error),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(job, T, 18);
#undef T

#define T struct wr_timer_row
static const struct wr_column timer_c[] = {
    COL(T, UUID, "id", id),         COL(T, UUID, "instance", instance),
    COL(T, INT4, "tenant", tenant), COL(T, INT4, "element", element),
    COL(T, INT8, "due_at", due_at), COL(T, UUID0, "definition", definition),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(timer, T, 6);
#undef T

#define T struct wr_subscription_row
static const struct wr_column subscription_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, NAME, "name", name),
    COL(T, TEXT, "key", key),
    COL(T, INT8, "created_at", created_at),
    COL(T, POS4, "type", type),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(subscription, T, 9);
#undef T

#define OUTBOX(T, at)                                                      \
    COL(T, UUID, "id", at id), COL(T, INT8, "due_at", at due_at),          \
        COL(T, INT8, "created_at", at created_at),                         \
        COL(T, INT8, "expires_at", at expires_at),                         \
        COL(T, INT4, "tenant", at tenant), COL(T, INT4, "kind", at kind),  \
        COL(T, INT4, "element", at element),                               \
        COL(T, UUID0, "instance", at instance),                            \
        COL(T, UUID0, "definition", at definition),                        \
        COL(T, UUID0, "target", at target),                                \
        COL(T, UUID0, "passed", at passed), COL(T, NAME, "name", at name), \
        COL(T, TEXT, "key", at key),                                       \
        COL(T, TEXT, "business_key", at business_key),                     \
        COL(T, BLOB, "payload", at payload), COL(T, BUCKET, "bucket", at id)
static const struct wr_column outbox_c[] = {
    OUTBOX(struct wr_outbox_row, ),
};
static RECORD(outbox, struct wr_outbox_row, 15);

static const struct wr_column outbox_swap_c[] = {
    OUTBOX(struct wr_outbox_swap, outbox.),
    COL(struct wr_outbox_swap, INT8, "was", was),
};
RECORD(outbox_swap, struct wr_outbox_swap, 0);

#define T struct wr_message_row
static const struct wr_column message_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID0, "instance", instance),
    COL(T, INT8, "pos", pos),
    COL(T, INT8, "published_at", published_at),
    COL(T, INT8, "expires_at", expires_at),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "reach", reach),
    COL(T, NAME, "name", name),
    COL(T, TEXT, "key", key),
    COL(T, TEXT, "target", target),
    COL(T, TEXT, "business_key", business_key),
    COL(T, TEXT, "message_id", message_id),
    COL(T, BLOB, "payload", payload),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(message, T, 13);
#undef T

#define T struct wr_match_lock
static const struct wr_column match_lock_c[] = {
    COL(T, INT8, "lock", lock),
    COL(T, BOOL, "shared", shared),
};
RECORD(match_lock, T, 0);
#undef T

#define T struct wr_suspension_row
static const struct wr_column suspension_c[] = {
    COL(T, UUID, "id", id),         COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "kind", kind),     COL(T, UUID, "definition", definition),
    COL(T, NAME, "name", name),     COL(T, TEXT, "actor", actor),
    COL(T, TEXT, "reason", reason), COL(T, INT8, "at", at),
};
static RECORD(suspension, T, 8);
#undef T

#define BATCH(T, at)                                                        \
    COL(T, UUID, "id", at id), COL(T, INT4, "tenant", at tenant),           \
        COL(T, INT4, "state", at state), COL(T, INT4, "total", at total),   \
        COL(T, INT8, "created_at", at created_at),                          \
        COL(T, AT, "ended_at", at ended_at), COL(T, NAME, "kind", at kind), \
        COL(T, TEXT, "actor", at actor), COL(T, BLOB, "params", at params), \
        COL(T, INT8, "pending", at pending),                                \
        COL(T, INT8, "failed", at failed),                                  \
        COL(T, INT8, "canceled", at canceled)
static const struct wr_column batch_c[] = {
    BATCH(struct wr_batch_row, ),
};
static RECORD(batch, struct wr_batch_row, 12);

static const struct wr_column batch_swap_c[] = {
    BATCH(struct wr_batch_swap, batch.),
    COL(struct wr_batch_swap, INT4, "was", was),
};
RECORD(batch_swap, struct wr_batch_swap, 0);

#define T struct wr_batch_item_row
static const struct wr_column batch_item_c[] = {
    COL(T, UUID, "id", id),           COL(T, UUID, "batch", batch),
    COL(T, INT4, "tenant", tenant),   COL(T, INT4, "number", number),
    COL(T, INT4, "state", state),     COL(T, AT, "at", at),
    COL(T, UUID, "target", target),   COL(T, TEXT, "code", code),
    COL(T, TEXT, "message", message),
};
static RECORD(batch_item, T, 9);
#undef T

#define T struct wr_timer_swap
static const struct wr_column timer_swap_c[] = {
    COL(T, UUID, "id", timer.id),
    COL(T, BUCKET, "bucket", timer.id),
    COL(T, INT8, "due_at", timer.due_at),
    COL(T, INT8, "was", was),
};
RECORD(timer_swap, T, 0);
#undef T

#define T struct wr_incident_row
static const struct wr_column incident_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, NAME, "type", type),
    COL(T, UUID0, "job", job),
    COL(T, TEXT, "message", message),
    COL(T, INT8, "created_at", created_at),
    COL(T, BUCKET, "bucket", id),
};
static RECORD(incident, T, 9);
#undef T

#define T struct wr_spill_row
static const struct wr_column spill_c[] = {
    COL(T, UUID, "id", id),         COL(T, UUID, "instance", instance),
    COL(T, INT4, "tenant", tenant), COL(T, INT8, "rev", rev),
    COL(T, BLOB, "blob", blob),     COL(T, BUCKET, "bucket", id),
};
static RECORD(spill, T, 5);
#undef T

#define T struct wr_user_row
static const struct wr_column user_c[] = {
    COL(T, NAME, "name", name),
    COL(T, INT4, "tenant", tenant),
    COL(T, TEXT, "display_name", display_name),
    COL(T, TEXT, "email", email),
    COL(T, TEXT, "password", password),
    COL(T, TEXT, "roles", roles),
    COL(T, TEXT, "groups", groups),
    COL(T, BOOL, "disabled", disabled),
    COL(T, INT8, "created_at", created_at),
};
static RECORD(user, T, 9);
#undef T

#define SESSION(T, at)                                                      \
    COL(T, UUID, "id", at id), COL(T, NAME, "user_name", at user),          \
        COL(T, INT4, "tenant", at tenant), COL(T, BLOB, "token", at token), \
        COL(T, BLOB, "previous", at previous),                              \
        COL(T, INT8, "created_at", at created_at),                          \
        COL(T, INT8, "used_at", at used_at),                                \
        COL(T, INT8, "expires_at", at expires_at)
static const struct wr_column session_c[] = {
    SESSION(struct wr_session_row, ),
};
static RECORD(session, struct wr_session_row, 8);

static const struct wr_column session_swap_c[] = {
    SESSION(struct wr_session_swap, session.),
    COL(struct wr_session_swap, BLOB, "expect", expect),
};
RECORD(session_swap, struct wr_session_swap, 0);

#define T struct wr_idempotency_row
static const struct wr_column idempotency_c[] = {
    COL(T, NAME, "key", key),
    COL(T, BLOB, "body", body),
    COL(T, BLOB, "answer", answer),
    COL(T, INT8, "expires_at", expires_at),
};
static RECORD(idempotency, T, 4);
#undef T

#define T struct wr_key_take
static const struct wr_column key_take_c[] = {
    COL(T, NAME, "key", key.key),
    COL(T, BLOB, "body", key.body),
    COL(T, BLOB, "answer", key.answer),
    COL(T, INT8, "expires_at", key.expires_at),
    COL(T, INT8, "now", now),
};
RECORD(key_take, T, 0);
#undef T

#define T struct wr_count_row
static const struct wr_column count_c[] = {
    COL(T, UUID, "definition", definition),
    COL(T, INT8, "total", total),
    COL(T, INT8, "active", active),
    COL(T, INT8, "incidents", incidents),
};
static RECORD(count, T, 4);
#undef T

#define T struct wr_flat_item
static const struct wr_column item_c[] = {
    COL(T, UUID, "id", instance.id),
    COL(T, UUID, "definition", instance.definition),
    COL(T, INT4, "tenant", instance.tenant),
    COL(T, BUCKET, "bucket", instance.id),
    COL(T, INT8, "rev", instance.rev),
    COL(T, INT4, "state", instance.state),
    COL(T, TEXT, "business_key", instance.business_key),
    COL(T, INT8, "started_at", instance.started_at),
    COL(T, AT, "ended_at", instance.ended_at),
    COL(T, INT4, "incidents", instance.incidents),
    COL(T, UUID0, "parent", instance.parent),
    COL(T, UUID0, "root", instance.root),
    { "tags", WR_C_LIST, offsetof(T, instance.tags),
      offsetof(T, instance.n_tags) },
    COL(T, TEXT, "singleton", instance.singleton),
    COL(T, BLOB, "blob", instance.blob),
    COL(T, INT8, "seq", history.seq),
    COL(T, UUID, "command", history.command),
    COL(T, INT8, "at", history.at),
    COL(T, TEXT, "actor", history.actor),
    COL(T, BLOB, "events", history.events),
    COL(T, INT8, "expected_rev", expected_rev),
    COL(T, UUID0, "job", job),
    COL(T, UUID0, "lease", lease),
    COL(T, UUID0, "outbox", outbox),
    COL(T, INT8, "epoch", epoch),
    COL(T, INT4, "check_version", check),
    COL(T, INT4, "item", item),
    COL(T, INT4, "grp", group),
    COL(T, UUID, "owner", instance.id),
    COL(T, TEXT, "idem_key", idempotency.key),
    COL(T, BLOB, "idem_body", idempotency.body),
    COL(T, BLOB, "idem_answer", idempotency.answer),
    COL(T, INT8, "idem_expires", idempotency.expires_at),
};
RECORD(item, T, 0);
#undef T

const struct wr_record *
wr_record_of(enum wr_noun noun)
{
    static const struct wr_record *const records[] = {
        [WR_DEPLOYMENTS] = &wr_record_deployment,
        [WR_RESOURCES] = &wr_record_resource,
        [WR_DEFINITIONS] = &wr_record_definition,
        [WR_INSTANCES] = &wr_record_instance,
        [WR_TASKS] = &wr_record_task,
        [WR_JOBS] = &wr_record_job,
        [WR_TIMERS] = &wr_record_timer,
        [WR_SUBSCRIPTIONS] = &wr_record_subscription,
        [WR_INCIDENTS] = &wr_record_incident,
        [WR_HISTORIES] = &wr_record_history,
        [WR_USERS] = &wr_record_user,
        [WR_SESSIONS] = &wr_record_session,
        [WR_IDEMPOTENCIES] = &wr_record_idempotency,
        [WR_OUTBOXES] = &wr_record_outbox,
        [WR_FORMS] = &wr_record_form,
        [WR_SUSPENSIONS] = &wr_record_suspension,
        [WR_SPILLS] = &wr_record_spill,
        [WR_COUNTS] = &wr_record_count,
        [WR_DECISIONS] = &wr_record_decision,
        [WR_MESSAGES] = &wr_record_message,
        [WR_PAST_INSTANCES] = &wr_record_past_instance,
        [WR_ACTIVITIES] = &wr_record_activity,
        [WR_PAST_TASKS] = &wr_record_past_task,
        [WR_VARIABLE_ROWS] = &wr_record_variable,
        [WR_ELEMENT_COUNTS] = &wr_record_element_count,
        [WR_BATCHES] = &wr_record_batch,
        [WR_BATCH_ITEMS] = &wr_record_batch_item,
        [WR_DEAD_LETTERS] = &wr_record_dead_letter,
    };

    return records[noun];
}

const struct wr_column *
wr_column_find(const struct wr_record *r, const char *name, size_t len)
{
    for (int i = 0; i < r->n_columns; i++) {
        if (strncmp(r->columns[i].name, name, len) == 0
            && r->columns[i].name[len] == '\0')
            return &r->columns[i];
    }

    return NULL;
}

enum wr_datum_kind
wr_column_kind(const struct wr_column *c)
{
    switch (c->type) {
    case WR_C_UUID:
    case WR_C_UUID0:
        return WR_D_UUID;
    case WR_C_INT4:
    case WR_C_STATE:
    case WR_C_POS4:
    case WR_C_BOOL:
    case WR_C_BUCKET:
        return WR_D_INT4;
    case WR_C_INT8:
    case WR_C_AT:
    case WR_C_SPAN:
        return WR_D_INT8;
    case WR_C_TEXT:
    case WR_C_NAME:
    case WR_C_LIST:
        return WR_D_TEXT;
    case WR_C_BLOB:
        break;
    }

    return WR_D_BYTES;
}

static void
get_list(const struct wr_column *c, const void *row, struct wr_arena *a,
         struct wr_datum *out)
{
    const char *const *items = *(const char *const *const *)((const char *)row
                                                             + c->offset);
    int n = *(const int *)(const void *)((const char *)row + c->count);
    struct wr_str s = { .arena = a };

    for (int i = 0; i < n; i++) {
        if (i > 0)
            wr_str_addc(&s, WR_LIST_SEP);
        wr_str_add(&s, items[i]);
    }
    out->null = n == 0;
    out->p = s.s;
    out->len = s.len;
}

void
wr_column_get(const struct wr_column *c, const void *row, struct wr_arena *a,
              struct wr_datum *out)
{
    const void *at = (const char *)row + c->offset;
    const struct wr_blob *blob = at;

    *out = (struct wr_datum){ .kind = wr_column_kind(c) };
    switch (c->type) {
    case WR_C_UUID:
    case WR_C_UUID0:
        out->p = at;
        out->len = sizeof(struct wr_uuid);
        out->null = c->type == WR_C_UUID0 && wr_uuid_is_zero(at);
        break;
    case WR_C_INT4:
    case WR_C_STATE:
    case WR_C_POS4:
        out->i = *(const int32_t *)at;
        out->null = (c->type == WR_C_STATE && out->i == -1)
                    || (c->type == WR_C_POS4 && out->i == 0);
        break;
    case WR_C_BOOL:
        out->i = *(const bool *)at;
        break;
    case WR_C_BUCKET:
        out->i = wr_uuid_bucket(at);
        break;
    case WR_C_INT8:
    case WR_C_AT:
    case WR_C_SPAN:
        out->i = *(const int64_t *)at;
        out->null = (c->type == WR_C_AT && out->i == 0)
                    || (c->type == WR_C_SPAN && out->i == -1);
        break;
    case WR_C_TEXT:
    case WR_C_NAME:
        out->p = *(const char *const *)at;
        out->null = !out->p;
        out->len = out->p ? strlen(out->p) : 0;
        break;
    case WR_C_LIST:
        get_list(c, row, a, out);
        break;
    case WR_C_BLOB:
        out->p = blob->p;
        out->len = blob->len;
        out->null = !blob->p;
        break;
    }
}

static void
set_list(const struct wr_column *c, void *row, struct wr_arena *a,
         const struct wr_datum *d)
{
    const char *const **items = (void *)((char *)row + c->offset);
    int *count = (int *)(void *)((char *)row + c->count);
    const char **list;
    char *s;
    int n = 1;

    *items = NULL;
    *count = 0;
    if (d->null || d->len == 0)
        return;
    s = wr_arena_strndup(a, d->p, d->len);
    for (char *p = s; *p; p++)
        n += *p == WR_LIST_SEP;
    list = wr_newn(a, const char *, (size_t)n);
    for (int i = 0; i < n; i++) {
        list[i] = s;
        s += strcspn(s, "\x1F");
        if (*s)
            *s++ = '\0';
    }
    *items = list;
    *count = n;
}

void
wr_column_set(const struct wr_column *c, void *row, struct wr_arena *a,
              const struct wr_datum *d)
{
    void *at = (char *)row + c->offset;

    switch (c->type) {
    case WR_C_UUID:
    case WR_C_UUID0:
        memset(at, 0, sizeof(struct wr_uuid));
        if (!d->null)
            memcpy(at, d->p, sizeof(struct wr_uuid));
        break;
    case WR_C_INT4:
    case WR_C_STATE:
    case WR_C_POS4:
        *(int32_t *)at = d->null ? (c->type == WR_C_STATE ? -1 : 0)
                                 : (int32_t)d->i;
        break;
    case WR_C_BOOL:
        *(bool *)at = !d->null && d->i != 0;
        break;
    case WR_C_INT8:
    case WR_C_AT:
    case WR_C_SPAN:
        *(int64_t *)at = d->null ? (c->type == WR_C_SPAN ? -1 : 0) : d->i;
        break;
    case WR_C_TEXT:
    case WR_C_NAME:
        *(const char **)at = d->null ? NULL : wr_arena_strndup(a, d->p, d->len);
        break;
    case WR_C_LIST:
        set_list(c, row, a, d);
        break;
    case WR_C_BLOB:
        *(struct wr_blob *)at = (struct wr_blob){ NULL, 0 };
        if (!d->null)
            *(struct wr_blob *)at =
                (struct wr_blob){ wr_arena_memdup(a, d->p, d->len), d->len };
        break;
    case WR_C_BUCKET:
        break;
    }
}

void *
wr_record_copy(const struct wr_record *r, struct wr_arena *a, const void *row)
{
    void *copy = wr_arena_alloc(a, r->size);
    struct wr_datum d;

    for (int i = 0; i < r->n_read; i++) {
        wr_column_get(&r->columns[i], row, a, &d);
        wr_column_set(&r->columns[i], copy, a, &d);
    }

    return copy;
}

static bool
bad_list(const struct wr_column *c, const void *row)
{
    const char *const *items = *(const char *const *const *)((const char *)row
                                                             + c->offset);
    int n = *(const int *)(const void *)((const char *)row + c->count);

    for (int i = 0; i < n; i++) {
        size_t len = strlen(items[i]);

        if (len == 0 || strchr(items[i], WR_LIST_SEP)
            || wr_utf8_valid(items[i], len) != len)
            return true;
    }

    return false;
}

const char *
wr_record_bad_text(const struct wr_record *r, const void *row)
{
    for (int i = 0; i < r->n_columns; i++) {
        const struct wr_column *c = &r->columns[i];
        const char *s;

        if (c->type == WR_C_LIST && bad_list(c, row))
            return c->name;
        if (c->type != WR_C_TEXT && c->type != WR_C_NAME)
            continue;
        s = *(const char *const *)(const void *)((const char *)row + c->offset);
        if (!s && c->type == WR_C_NAME)
            return c->name;
        if (s && wr_utf8_valid(s, strlen(s)) != strlen(s))
            return c->name;
    }

    return NULL;
}

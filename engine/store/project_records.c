/* What is folded from the history, as tables of columns. */

#include "engine/store/project_ops.h"

const enum wr_noun wr_projected_nouns[WR_PROJECTED] = {
    WR_PAST_INSTANCES, WR_ACTIVITIES, WR_PAST_TASKS, WR_VARIABLE_ROWS,
    WR_ELEMENT_COUNTS
};

#define COL(T, type, name, member)                \
    {                                             \
        name, WR_C_##type, offsetof(T, member), 0 \
    }
#define RECORD(id, T, read)                                           \
    const struct wr_record wr_record_##id = { #id, sizeof(T), id##_c, \
                                              WR_COUNT(id##_c), read }

#define T struct wr_past_instance_row
static const struct wr_column past_instance_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT8, "seq", seq),
    COL(T, INT4, "state", state),
    COL(T, INT4, "was", was),
    COL(T, INT8, "started_at", started_at),
    COL(T, AT, "ended_at", ended_at),
    COL(T, BUCKET, "bucket", id),
};
RECORD(past_instance, T, 8);
#undef T

#define T struct wr_activity_row
static const struct wr_column activity_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, INT8, "key", key),
    COL(T, INT4, "kind", kind),
    COL(T, INT4, "state", state),
    COL(T, INT8, "started_at", started_at),
    COL(T, AT, "ended_at", ended_at),
    COL(T, SPAN, "duration", duration),
    COL(T, BUCKET, "bucket", instance),
};
RECORD(activity, T, 11);
#undef T

#define T struct wr_past_task_row
static const struct wr_column past_task_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, INT4, "state", state),
    COL(T, TEXT, "assignee", assignee),
    COL(T, INT8, "created_at", created_at),
    COL(T, AT, "ended_at", ended_at),
    COL(T, SPAN, "duration", duration),
    COL(T, TEXT, "ended_by", ended_by),
    COL(T, INT8, "rev", rev),
    COL(T, BUCKET, "bucket", instance),
};
RECORD(past_task, T, 12);
#undef T

#define T struct wr_variable_row
static const struct wr_column variable_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "instance", instance),
    COL(T, INT4, "tenant", tenant),
    COL(T, NAME, "name", name),
    COL(T, NAME, "path", path),
    COL(T, NAME, "value", value),
    COL(T, BUCKET, "bucket", instance),
};
RECORD(variable, T, 6);
#undef T

#define T struct wr_element_count_row
static const struct wr_column element_count_c[] = {
    COL(T, UUID, "id", id),
    COL(T, UUID, "definition", definition),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT4, "element", element),
    COL(T, INT8, "running", running),
    COL(T, INT8, "completed", completed),
    COL(T, INT8, "failed", failed),
    COL(T, INT8, "canceled", canceled),
    COL(T, INT8, "total_ms", total_ms),
    COL(T, INT8, "least_ms", least_ms),
    COL(T, INT8, "most_ms", most_ms),
    COL(T, BLOB, "histogram", histogram),
    COL(T, INT8, "seen", seen),
};
RECORD(element_count, T, 12);
#undef T

#define T struct wr_position
static const struct wr_column position_c[] = {
    COL(T, INT8, "pos", pos),
    COL(T, INT8, "at", at),
    COL(T, INT8, "events", events),
    COL(T, INT8, "newest", newest),
    COL(T, INT8, "newest_at", newest_at),
};
RECORD(position, T, 5);
#undef T

#define T struct wr_followed_row
static const struct wr_column followed_c[] = {
    COL(T, UUID, "instance", history.instance),
    COL(T, INT8, "seq", history.seq),
    COL(T, UUID, "command", history.command),
    COL(T, INT8, "at", history.at),
    COL(T, TEXT, "actor", history.actor),
    COL(T, BLOB, "events", history.events),
    COL(T, INT4, "tenant", tenant),
    COL(T, INT8, "pos", pos),
    COL(T, UUID0, "definition", definition),
    COL(T, AT, "rev", rev),
};
RECORD(followed, T, 10);
#undef T

#define T struct wr_following
static const struct wr_column following_c[] = {
    COL(T, INT8, "pos", pos),
    COL(T, INT8, "upto", upto),
    COL(T, INT8, "limit", limit),
};
RECORD(following, T, 0);
#undef T

#define T struct wr_moving
static const struct wr_column moving_c[] = {
    COL(T, INT8, "was", was),
    COL(T, INT8, "pos", pos),
    COL(T, INT8, "at", at),
    COL(T, INT8, "events", events),
};
RECORD(moving, T, 0);
#undef T

static const struct wr_column one_id_c[] = {
    { "id", WR_C_UUID, 0, 0 },
};
RECORD(one_id, struct wr_uuid, 0);

/* dead_letter: the table of dead letters, and how SQL changes it. */

#include "engine/store/sqlstore.h"

#define T struct wr_dead_letter_row
#define COL(type, name, member)                   \
    {                                             \
        name, WR_C_##type, offsetof(T, member), 0 \
    }
static const struct wr_column columns[] = {
    COL(UUID, "id", id),
    COL(UUID0, "target", target),
    COL(UUID0, "instance", instance),
    COL(INT8, "first_at", first_at),
    COL(INT8, "last_at", last_at),
    COL(INT4, "tenant", tenant),
    COL(INT4, "count", count),
    COL(BOOL, "held", held),
    COL(NAME, "queue", queue),
    COL(NAME, "reason", reason),
    COL(TEXT, "kind", kind),
    COL(TEXT, "detail", detail),
    COL(TEXT, "message_id", message_id),
    COL(BLOB, "body", body),
    COL(INT8, "size", size),
};
const struct wr_record wr_record_dead_letter = { "dead_letter", sizeof(T),
                                                 columns, WR_COUNT(columns),
                                                 WR_COUNT(columns) };
#undef COL
#undef T

int
wr_sql_dead_letter(struct wr_store *st, const struct wr_change *c,
                   struct wr_err *err)
{
    const struct wr_sql_driver *driver =
        wr_container_of(st, struct wr_sql_store, base)->driver;
    enum wr_sql sql = c->op == WR_OP_DEL ? WR_SQL_DEAD_LETTER_DROP
                      : c->was           ? WR_SQL_DEAD_LETTER_HOLD
                                         : WR_SQL_DEAD_LETTER_ADD;
    struct wr_found found = { 0 };

    if (driver->run(st, sql, &wr_record_dead_letter, c->dead_letter, &found,
                    err)
        < 0)
        return (int)err->code;
    st->stats.rows += found.changed;
    if (found.changed == 0)
        return wr_fail(err, WR_ENOTFOUND, "no such dead letter");

    return 0;
}

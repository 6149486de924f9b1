#include <string.h>

#include "engine/base/json.h"
#include "fcgi_workers/inbox.h"
#include "fcgi_workers/message_body.h"

/* With mode "publish", when it has none. */
static const struct wr_value *
with_mode(struct wr_arena *a, const struct wr_value *v)
{
    size_t n = v->context.n;
    struct wr_entry *e = wr_newn(a, struct wr_entry, n + 1);

    if (wr_value_get(v, "mode"))
        return v;
    if (n)
        memcpy(e, v->context.entries, n * sizeof(*e));
    e[n] = (struct wr_entry){ "mode", wr_value_string(a, "publish") };

    return wr_value_context(a, e, n + 1);
}

int
wr_inbox_read(struct wr_arena *a, const char *body, size_t len,
              const void **out, struct wr_err *err)
{
    struct wr_field_errors errors = { .arena = a };
    const struct wr_value *v;
    void *message;

    if (wr_json_parse(a, body, len, &v, err) < 0) {
        err->code = WR_EINVALID;
        return WR_EINVALID;
    }
    if (v->type != WR_V_CONTEXT)
        return wr_fail(err, WR_EINVALID, "it is no JSON object");
    message = wr_arena_alloc(a, wr_message_object.size);
    if (wr_field_decode(&wr_message_object, with_mode(a, v), message, &errors,
                        err)
        < 0) {
        if (errors.n)
            wr_fail(err, WR_EINVALID, "%.100s: %.300s", errors.items[0].pointer,
                    errors.items[0].detail);
        err->code = WR_EINVALID;
        return WR_EINVALID;
    }
    *out = message;

    return 0;
}

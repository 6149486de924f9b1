#include "fcgi_workers/tags.h"

#include <string.h>

#include "fcgi_workers/search.h"

static size_t
characters(const char *s)
{
    size_t n = 0;

    for (; *s; s++)
        n += ((unsigned char)*s & 0xC0) != 0x80;

    return n;
}

/* C0, DEL and C1; the store takes one of them for a separator. */
static bool
has_control(const char *s)
{
    for (const unsigned char *p = (const unsigned char *)s; *p; p++)
        if (*p < 0x20 || *p == 0x7F
            || (*p == 0xC2 && p[1] >= 0x80 && p[1] < 0xA0))
            return true;

    return false;
}

static bool
is_among(const char *const *tags, size_t n, const char *tag)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(tags[i], tag) == 0)
            return true;

    return false;
}

static const char *
wrong(const char *const *tags, size_t i)
{
    if (!*tags[i])
        return "must not be empty";
    if (characters(tags[i]) > WR_TAG_LENGTH)
        return "must have at most 64 characters";
    if (has_control(tags[i]))
        return "must have no control characters";
    if (is_among(tags, i, tags[i]))
        return "is there twice";

    return NULL;
}

int
wr_tags_check(struct wr_request *rq, const char *at, const char *const *tags,
              size_t n, struct wr_err *err)
{
    const char *place = wr_arena_printf(rq->arena, "%s/tags", at);

    if (n > WR_TAGS)
        wr_field_wrong(&rq->errors, place, "value",
                       "must have at most 20 items");
    for (size_t i = 0; i < n && n <= WR_TAGS; i++) {
        const char *what = wrong(tags, i);

        if (what)
            wr_field_wrong(&rq->errors,
                           wr_arena_printf(rq->arena, "%s/%zu", place, i),
                           "value", what);
    }
    if (rq->errors.n == 0)
        return 0;

    return wr_fail(err, WR_EVALUE, "%s: %s", rq->errors.items[0].pointer,
                   rq->errors.items[0].detail);
}

const struct wr_condition *
wr_tags_has(struct wr_arena *a, const char *tag)
{
    struct wr_datum d = { .kind = WR_D_TEXT, .p = tag, .len = strlen(tag) };

    return wr_where(a, WR_S_EQ,
                    wr_search_field(WR_INSTANCES, "tags", strlen("tags")), &d,
                    1);
}

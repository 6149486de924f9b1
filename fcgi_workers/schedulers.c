#include "fcgi_workers/schedulers.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/json.h"

enum {
    STALE_MS = 15000,
    BYTES_MAX = 1 << 18
};

static int
is_status(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return strncmp(e->d_name, "scheduler-", 10) == 0 && n > 15
           && strcmp(e->d_name + n - 5, ".json") == 0;
}

static int64_t
number(const struct wr_value *v, const char *name)
{
    const struct wr_value *m = wr_value_get(v, name);
    int64_t n = 0;

    if (!m || m->type != WR_V_NUMBER || !wr_decimal_to_int(m->number, &n))
        return 0;

    return n;
}

static const char *
text(const struct wr_value *v, const char *name)
{
    const struct wr_value *m = wr_value_get(v, name);

    return m && m->type == WR_V_STRING ? m->string.s : "";
}

/* The servers that are not reached, and why. */
static const char *
broken_of(struct wr_arena *a, const struct wr_value *v)
{
    const struct wr_value *servers = wr_value_get(v, "servers");
    struct wr_str s = { .arena = a };

    for (size_t i = 0;
         servers && servers->type == WR_V_LIST && i < servers->list.n; i++) {
        const struct wr_value *one = servers->list.items[i];

        if (one->type != WR_V_CONTEXT || strcmp(text(one, "state"), "up") == 0)
            continue;
        wr_str_printf(&s, "%s%s: %s", s.len ? "; " : "", text(one, "name"),
                      text(one, "detail"));
    }

    return s.len ? s.s : NULL;
}

static bool
read_one(struct wr_arena *a, const char *path, int64_t now,
         struct wr_scheduler *out)
{
    char *bytes = wr_arena_alloc(a, BYTES_MAX);
    FILE *f = fopen(path, "re");
    const struct wr_value *v;
    struct wr_err err;
    size_t n;

    if (!f)
        return false;
    n = fread(bytes, 1, BYTES_MAX, f);
    fclose(f);
    if (wr_json_parse(a, bytes, n, &v, &err) < 0 || v->type != WR_V_CONTEXT)
        return false;
    *out = (struct wr_scheduler){
        .pid = (long)number(v, "pid"),
        .at = number(v, "at"),
        .since = number(v, "since"),
        .broken = broken_of(a, v),
        .samples = text(v, "samples"),
    };
    out->up = now - out->at < STALE_MS;

    return true;
}

static int
by_age(const void *x, const void *y)
{
    const struct wr_scheduler *a = x, *b = y;

    return a->since < b->since ? -1 : a->since > b->since;
}

size_t
wr_schedulers_read(struct wr_arena *a, const char *home, int64_t now,
                   const struct wr_scheduler **out)
{
    const char *run = wr_arena_printf(a, "%s/run", home);
    struct dirent **list = NULL;
    int n = scandir(run, &list, is_status, alphasort);
    struct wr_scheduler *all = wr_newn(a, struct wr_scheduler,
                                       n > 0 ? (size_t)n : 1);
    size_t k = 0;

    for (int i = 0; i < n; i++) {
        const char *path = wr_arena_printf(a, "%s/%s", run, list[i]->d_name);

        k += read_one(a, path, now, &all[k]);
        free(list[i]);
    }
    free(list);
    qsort(all, k, sizeof(*all), by_age);
    *out = all;

    return k;
}

/* What may be shown of a store's URL, and how long its connections wait. */

#include "engine/base/url.h"

#include <string.h>

#include "engine/store/backends.h"

static int64_t wait_ms = 10000;

void
wr_store_set_wait(int64_t ms)
{
    wait_ms = ms;
}

static struct wr_link *server;

void
wr_store_set_link(struct wr_link *l)
{
    server = l;
}

struct wr_link *
wr_store_link(void)
{
    return server;
}

int64_t
wr_store_wait(void)
{
    return wait_ms;
}

const char *
wr_store_public_url(struct wr_arena *a, const char *url)
{
    /* The path of a file may hold anything. */
    return strncmp(url, "postgres", 8) == 0 ? wr_url_public(a, url) : url;
}

#include "engine/base/crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where to crash: the name's length 0 means nowhere. */
static struct {
    const char *name, *dir;
    size_t len;
    long at;
} target;

static void
read_target(void)
{
    const char *text = getenv("WEIR_CRASH_AT"), *colon;
    char *end;

    target.dir = getenv("WEIR_CRASH_DIR");
    if (!text || !*text)
        return;
    colon = strrchr(text, ':');
    target.at = colon ? strtol(colon + 1, &end, 10) : 0;
    if (!colon || colon == text || *end || target.at < 1) {
        fprintf(stderr, "WEIR_CRASH_AT: '%s' is not name:n\n", text);
        abort();
    }
    target.name = text;
    target.len = (size_t)(colon - text);
}

/* Of several that come at once one removes the file. */
static bool
take(const char *name, const char *suffix)
{
    char path[512];
    int n = snprintf(path, sizeof(path), "%s/%s%s", target.dir, name, suffix);

    return n > 0 && (size_t)n < sizeof(path) && unlink(path) == 0;
}

void
wr_crash_point(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    static long passes;

    pthread_once(&once, read_target);
    if (target.dir && take(name, ""))
        raise(SIGKILL);
    if (target.dir && take(name, ".stop"))
        raise(SIGSTOP);
    if (target.len == 0 || strlen(name) != target.len
        || memcmp(name, target.name, target.len) != 0)
        return;
    if (__atomic_add_fetch(&passes, 1, __ATOMIC_RELAXED) == target.at)
        raise(SIGKILL);
}

#include "engine/base/hint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    AGAIN_MS = 1000, /* till one that was not there is tried again */
    BUFFER = 4 << 20
};

struct wr_hints_out {
    int fd;
    struct listener {
        struct sockaddr_un address;
        int64_t again_at;
    } listeners[WR_HINT_LISTENERS];
};

static bool
address_of(struct sockaddr_un *a, const char *home, int number)
{
    int len;

    *a = (struct sockaddr_un){ .sun_family = AF_UNIX };
    len = snprintf(a->sun_path, sizeof(a->sun_path), "%s/run/hints-%d.sock",
                   home, number);

    return len > 0 && (size_t)len < sizeof(a->sun_path);
}

struct wr_hints_out *
wr_hints_new(const char *home)
{
    struct wr_hints_out *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    h->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    for (int i = 0; i < WR_HINT_LISTENERS; i++) {
        if (!address_of(&h->listeners[i].address, home, i))
            h->listeners[i].again_at = INT64_MAX;
    }

    return h;
}

void
wr_hints_free(struct wr_hints_out *h)
{
    if (!h)
        return;
    if (h->fd >= 0)
        close(h->fd);
    free(h);
}

void
wr_hints_send(struct wr_hints_out *h, const struct wr_hint *hints, size_t n,
              int64_t now)
{
    if (h->fd < 0 || n == 0)
        return;
    for (int i = 0; i < WR_HINT_LISTENERS; i++) {
        struct listener *l = &h->listeners[i];

        if (now < l->again_at)
            continue;
        if (sendto(h->fd, hints, n * sizeof(*hints), MSG_DONTWAIT,
                   (const struct sockaddr *)&l->address, sizeof(l->address))
                < 0
            && errno != EAGAIN && errno != ENOBUFS)
            l->again_at = now + AGAIN_MS;
    }
}

int
wr_hints_listen(const char *home, int number, int *fd, struct wr_err *err)
{
    struct sockaddr_un a;
    int size = BUFFER;

    if (!address_of(&a, home, number))
        return wr_fail(err, WR_EIO, "the path of '%.60s' is too long", home);
    *fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0)
        return wr_fail(err, WR_EIO, "%s: %s", a.sun_path, strerror(errno));
    unlink(a.sun_path);
    (void)setsockopt(*fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    if (bind(*fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
        wr_fail(err, WR_EIO, "%s: %s", a.sun_path, strerror(errno));
        close(*fd);
        *fd = -1;
        return (int)err->code;
    }

    return 0;
}

size_t
wr_hints_take(int fd, struct wr_hint out[WR_HINTS])
{
    ssize_t len = recv(fd, out, WR_HINTS * sizeof(*out), MSG_DONTWAIT);

    if (len <= 0 || (size_t)len % sizeof(*out) != 0)
        return 0;

    return (size_t)len / sizeof(*out);
}

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "scheduler/peers.h"

enum {
    LOOK_MS = 1000
};

static struct flock
whole(void)
{
    return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

void
wr_peers_join(struct wr_peers *p, const char *home)
{
    *p = (struct wr_peers){ .number = -1 };
    for (int i = 0; i < WR_PEERS; i++) {
        struct flock lock = whole();
        char path[512];

        snprintf(path, sizeof(path), "%s/run/scheduler-%d.lock", home, i);
        p->fds[i] = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (p->fds[i] >= 0 && p->number < 0
            && fcntl(p->fds[i], F_OFD_SETLK, &lock) == 0)
            p->number = i;
    }
    if (p->number >= 0)
        p->live = 1U << p->number;
}

void
wr_peers_leave(struct wr_peers *p)
{
    for (int i = 0; i < WR_PEERS; i++) {
        if (p->fds[i] >= 0)
            close(p->fds[i]);
    }
}

void
wr_peers_look(struct wr_peers *p, int64_t now)
{
    unsigned live = 0;

    if (p->number < 0 || (p->looked_at && now < p->looked_at + LOOK_MS))
        return;
    p->looked_at = now;
    for (int i = 0; i < WR_PEERS; i++) {
        struct flock lock = whole();

        if (i == p->number
            || (p->fds[i] >= 0 && fcntl(p->fds[i], F_OFD_GETLK, &lock) == 0
                && lock.l_type != F_UNLCK))
            live |= 1U << i;
    }
    p->live = live;
}

static uint32_t
weight(unsigned bucket, unsigned number)
{
    uint32_t h = (bucket + 1) * 2654435761U ^ (number + 1) * 2246822519U;

    h ^= h >> 15;
    h *= 2246822519U;
    h ^= h >> 13;

    return h;
}

bool
wr_peers_mine(const struct wr_peers *p, int bucket)
{
    uint32_t most;

    if (p->number < 0)
        return true;
    most = weight((unsigned)bucket, (unsigned)p->number);
    for (int i = 0; i < WR_PEERS; i++) {
        if (i != p->number && p->live & 1U << i
            && weight((unsigned)bucket, (unsigned)i) > most)
            return false;
    }

    return true;
}

/*
 * hub.h: tells every nginx of this machine which topics moved (DESIGN.md 5).
 *
 * A request that waits is parked in nginx, on topics; when one of them moved it
 * is asked again.  What moves a topic is a commit, seen by the slot that made it.
 * Each nginx process subscribes at every slot's SOCK_SEQPACKET socket.
 *
 *     committer -- wr_hub_committed() --> pending -- thread --> subscribers
 *
 * One packet is a head and up to WR_HUB_PACKET entries, in the byte order of the
 * machine.  A subscriber that does not read is cut off: it comes back and looks
 * at all its topics again, as after every WR_HUB_ALL.
 */

#ifndef WR_HUB_H
#define WR_HUB_H

#include "engine/base/uuid.h"
#include "engine/exec/rows.h"

enum {
    WR_HUB_MAGIC = 0x31505257, /* "WRP1" */
    WR_HUB_PACKET = 256,
    WR_HUB_ALL = 1,     /* head: anything may have moved */
    WR_MOVED_ENDED = 1, /* entry: the instance will not move again */
};

struct wr_hub_head {
    uint32_t magic;
    uint16_t flags, n; /* entries that follow */
};

struct wr_moved {
    uint64_t topic;
    uint32_t n; /* how many can be served: jobs; 0: everyone has to look */
    uint32_t flags;
};

/* Topics are the same in all processes.  Two may share a number: that costs a
 * look, no more. */
uint64_t wr_topic_jobs(int32_t tenant, const char *type);
/* An instance with all it called: by the topmost caller. */
uint64_t wr_topic_instance(const struct wr_uuid *root);

struct wr_hub;

/* `fd` listens, is non-blocking and stays the caller's.  WR_EIO. */
WR_MUST int wr_hub_open(int fd, struct wr_hub **out, struct wr_err *err);
/* Subscribers see the end of the connection. */
void wr_hub_close(struct wr_hub *h);

/* Never blocks on a subscriber; any thread. */
void wr_hub_tell(struct wr_hub *h, const struct wr_moved *moved, int n);
/* The same for what somebody else was told already. */
void wr_hub_pass(struct wr_hub *h, const struct wr_moved *moved, int n);
/* Anything may have moved. */
void wr_hub_all(struct wr_hub *h);
/* Who is told what wr_hub_tell() is, subscribers or not, on its thread; NULL:
 * nobody any more, and when this returns nobody is being told. */
typedef void wr_hub_also_fn(void *data, const struct wr_moved *moved, int n);
void wr_hub_also(struct wr_hub *h, wr_hub_also_fn *fn, void *data);
/* What a commit at `now` moves. */
void wr_hub_committed(struct wr_hub *h, const struct wr_effects *fx,
                      int64_t now);

struct wr_hub_stats {
    long subscribers, told, resets; /* told: entries; resets: cut off */
};
void wr_hub_look(struct wr_hub *h, struct wr_hub_stats *out);

#endif

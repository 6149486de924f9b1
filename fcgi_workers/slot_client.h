/*
 * slot_client.h: one request to a worker slot over its FastCGI socket.
 *
 * The scheduler talks to the slot that owns an instance directly, and slots to
 * each other; nginx is for people and workers.
 */

#ifndef WR_SLOT_CLIENT_H
#define WR_SLOT_CLIENT_H

#include "engine/base/err.h"
#include "engine/base/str.h"

/*
 * POST `body` (JSON) to `path` at the unix socket `socket`; waits at most
 * `timeout_ms`.  The answer's body goes to *out, its status to *status.
 * WR_EBUSY when nobody listens, WR_EIO when the answer breaks off.
 */
WR_MUST int wr_slot_post(struct wr_arena *a, const char *socket,
                         const char *path, const struct wr_str *body,
                         int timeout_ms, int *status, const char **out,
                         struct wr_err *err);

/* Does anybody take requests there? */
bool wr_slot_listens(const char *socket);

#endif

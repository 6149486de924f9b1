/*
 * server.h: one slot: its socket, its request threads, its service.
 *
 * The slot process accepts FastCGI connections on a listening socket that the
 * master made.  STACK.md 4 rules: one thread a connection with keepalive, the
 * request body always read to its end.  Draining takes no new connection and
 * answers on each kept one until nginx closes it, so that no request is cut off.
 */

#ifndef WR_SERVER_H
#define WR_SERVER_H

#include "fcgi_workers/service.h"

/*
 * Serve the listening socket `fd` until SIGTERM, then drain and return 0.
 * Negative when the slot could not be opened.
 */
WR_MUST int wr_server_run(const struct wr_config *config, int slot, int fd,
                          int hub_fd, struct wr_err *err);

#endif

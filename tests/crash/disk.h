/*
 * disk.h: a disk under SQLite that fails as told by WEIR_DISK.
 *
 *     kill:n   SIGKILL at the n-th write, truncation or sync
 *     loss:n   the power goes then: what was not synced is lost
 *     never:n  likewise, and no sync was one: the control of this harness
 *     full:n   no room for any write from then on, for a while
 */

#ifndef CRASH_DISK_H
#define CRASH_DISK_H

/* Before the store is opened; nothing without WEIR_DISK. */
void crash_disk(void);

#endif

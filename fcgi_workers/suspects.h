/*
 * suspects.h: work that was being done whenever its slot was killed.
 *
 * A step that makes the process run out of memory, or crash, never fails: it is
 * still due when the slot runs again, and would be tried for ever.  So what is
 * due is noted while it is done, in memory that outlives the process
 * (run/slot-N.doing, mapped): the next process of the slot finds there what the
 * one before died of, or beside.  The store hears nothing of it as long as
 * nobody dies.
 *
 * What was there when a process died is a suspect: it is done alone from then
 * on, no two of them at once, and is one no more when it has ended in any way.
 * So who was there by chance is soon cleared, and who is there WR_DEATHS times
 * in a row was it.  Any thread.
 */

#ifndef WR_SUSPECTS_H
#define WR_SUSPECTS_H

#include "engine/base/arena.h"
#include "engine/base/uuid.h"

enum {
    WR_DUE_MOST = 1000, /* commands of one post to a slot */
    WR_DEATHS = 3,      /* then it is given up */
    WR_DEATHS_MUTE = 6, /* telling that it is ends the process, too */
    WR_SUSPECT_MEMORY_H = 24
};

struct wr_suspects;

/* For `room` things that this slot does at once; lives in `a`.  A file that
 * cannot be read, or is of another format, is begun anew.  WR_EIO. */
WR_MUST int wr_suspects_open(struct wr_arena *a, const char *home, int slot,
                             size_t room, int64_t now, struct wr_suspects **out,
                             struct wr_err *err);
void wr_suspects_close(struct wr_suspects *s);
/* The process ends with work under way: that is not the work's fault. */
void wr_suspects_forgive(struct wr_suspects *s);

/* How many processes in a row died with it; 0: it is none. */
int wr_suspects_deaths(struct wr_suspects *s, const struct wr_uuid *id);
/* It is done now, till wr_suspects_end(). */
void wr_suspects_begin(struct wr_suspects *s, const struct wr_uuid *id,
                       int64_t now);
enum wr_ended {
    WR_ENDED,       /* in whatever way */
    WR_ENDED_NOT,   /* it could not be done */
    WR_ENDED_UNSEEN /* nobody waits for it any more; it is still under way */
};
void wr_suspects_end(struct wr_suspects *s, const struct wr_uuid *id,
                     enum wr_ended how);
/* The right to do a suspect; false: one is done. */
bool wr_suspects_alone(struct wr_suspects *s);
void wr_suspects_done(struct wr_suspects *s);
/* How many there are. */
long wr_suspects_count(struct wr_suspects *s);

#endif

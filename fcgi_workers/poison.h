/*
 * poison.h: due work that has ended its slot (suspects.h).
 *
 * A suspect is done by itself; when WR_DEATHS processes in a row died with it,
 * it is given up instead: a job or timer becomes an incident of its instance, an
 * item of a batch fails, what else is in the outbox is put aside for an hour.
 */

#ifndef WR_POISON_H
#define WR_POISON_H

#include "fcgi_workers/route.h"
#include "fcgi_workers/suspects.h"

/* Do the command, or give it up; what came of it is in call->err.  WR_EBUSY:
 * not now, another suspect is done, or it cannot even be given up. */
void wr_poison_call(struct wr_request *rq, struct wr_call *call);

/* What belongs to no instance: may it be done?  `outbox`: what cannot is put
 * aside.  0: yes, and wr_poison_end() comes after it; WR_ENOTFOUND: it was put
 * aside; WR_EBUSY as above. */
WR_MUST int wr_poison_begin(struct wr_request *rq, const struct wr_uuid *id,
                            int32_t tenant, bool outbox, struct wr_err *err);
void wr_poison_end(struct wr_request *rq, const struct wr_uuid *id,
                   enum wr_code code);

/* Is it one?  Then it goes by the functions above. */
bool wr_poison_is_suspect(struct wr_request *rq, const struct wr_uuid *id);

/* What is known of work that ended with this code. */
enum wr_ended wr_poison_ended(enum wr_code code);

void wr_poison_samples(struct wr_str *out, const struct wr_service *s);

#endif

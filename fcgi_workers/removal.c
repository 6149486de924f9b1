/* removal: an ended instance goes with all that is kept of it. */

#include "engine/base/log.h"
#include "engine/runtime/retention.h"
#include "fcgi_workers/lookup.h"

int
wr_instance_remove(struct wr_request *rq, const void *in, void *out,
                   struct wr_err *err)
{
    const struct wr_instance_row *row;
    struct wr_uuid id;

    (void)in, (void)out;
    if (wr_param_id(rq, 0, "instance", &id, err) < 0)
        return (int)err->code;
    if (rq->if_match >= 0) {
        if (wr_request_instance(rq, &id, &row, err) < 0)
            return (int)err->code;
        if (row->rev != rq->if_match)
            return wr_fail(err, WR_EPRECONDITION,
                           "instance '%s' is at revision %lld, not %lld",
                           rq->param[0], (long long)row->rev,
                           (long long)rq->if_match);
    }
    if (wr_retention_delete(rq->service->runtime, &id, rq->who.tenant, err) < 0)
        return (int)err->code;
    /* Nothing else tells of it from now on. */
    wr_log(WR_LOG_INFO, "instance deleted", "instance", rq->param[0], "by",
           rq->who.user, NULL);

    return 0;
}

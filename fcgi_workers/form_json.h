/* form_json.h: deployed forms in answers, and what is wrong with what was
 * filled in. */

#ifndef WR_FORM_JSON_H
#define WR_FORM_JSON_H

#include "fcgi_workers/resource.h"

struct wr_form_json {
    const char *key, *kind, *resource;
    int64_t version, deployed_at;
    struct wr_uuid deployment;
};
extern const struct wr_object wr_form_object;
void wr_form_json(const struct wr_form_row *row, struct wr_form_json *out);

/* After a refusal: every error of the form into the problem document. */
void wr_task_misfits(struct wr_request *rq, const struct wr_value *given);
void wr_start_misfits(struct wr_request *rq, const char *ref,
                      const char *start_at, const struct wr_value *given);

#endif

/* deploy.h: the forms of a deployment; private to this folder. */

#ifndef WR_DEPLOY_H
#define WR_DEPLOY_H

#include "engine/runtime/slot.h"

struct wr_deploy_forms {
    struct wr_runtime *rt;
    struct wr_arena *a;
    int32_t tenant;
    struct wr_form_row *rows; /* versions by wr_deploy_forms_number() */
    int n;
};

/* Read a file; what is wrong with it is a finding. */
void wr_deploy_forms_add(struct wr_deploy_forms *f, const struct wr_file *file,
                         struct wr_findings *findings);
/* A finding for each form that the model names and nobody has. */
WR_MUST int wr_deploy_forms_check(struct wr_deploy_forms *f,
                                  const struct wr_model *m, bool strict,
                                  struct wr_findings *findings,
                                  struct wr_err *err);
/* The deployment that all of them came with first; *out false: there is none. */
WR_MUST int wr_deploy_forms_came(struct wr_deploy_forms *f,
                                 struct wr_uuid *deployment, bool *out,
                                 struct wr_err *err);
/* Their ids and versions as the store is now. */
WR_MUST int wr_deploy_forms_number(struct wr_deploy_forms *f,
                                   const struct wr_deployment_row *d, int slot,
                                   struct wr_err *err);

#endif

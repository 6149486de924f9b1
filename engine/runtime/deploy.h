/* deploy.h: the forms and decisions of a deployment; private to this folder. */

#ifndef WR_DEPLOY_H
#define WR_DEPLOY_H

#include "engine/dmn/dmn.h"
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

/* ---- decisions (deploy_decisions.c) ---- */

struct wr_deploy_decisions {
    struct wr_runtime *rt;
    struct wr_arena *a;
    int32_t tenant;
    struct wr_dmn_source *files;
    size_t n_files;
    struct wr_decision_row *rows; /* ids and versions by ..._number() */
    int n;
};

/* Take the file when it is DMN. */
bool wr_deploy_decisions_add(struct wr_deploy_decisions *d,
                             const struct wr_file *file);
/* Read all that were taken, each with those it imports; what is wrong is a
 * finding.  WR_ELIMIT. */
WR_MUST int wr_deploy_decisions_read(struct wr_deploy_decisions *d,
                                     struct wr_findings *findings,
                                     struct wr_err *err);
/* Warn of decisions that tasks of the model name and that are neither among them
 * nor deployed already. */
WR_MUST int wr_deploy_decisions_check(struct wr_deploy_decisions *d,
                                      const struct wr_model *m,
                                      struct wr_findings *findings,
                                      struct wr_err *err);
/* Their latest versions into `rows`; *out false: some have none, or it is
 * deleted. */
WR_MUST int wr_deploy_decisions_latest(struct wr_deploy_decisions *d,
                                       struct wr_decision_row *rows, bool *out,
                                       struct wr_err *err);
/* Their ids and versions as the store is now. */
WR_MUST int wr_deploy_decisions_number(struct wr_deploy_decisions *d,
                                       const struct wr_deployment_row *row,
                                       int slot, struct wr_err *err);

#endif

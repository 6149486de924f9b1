/*
 * deploy_forms: forms in, versions out.
 *
 * A form that is as the newest version of its key stays that version; its row
 * says that the deployment has it, too.
 */
#include <openssl/evp.h>
#include <string.h>

#include "engine/runtime/deploy.h"

static struct wr_blob
hash_of(struct wr_arena *a, const struct wr_file *file)
{
    unsigned char *out = wr_arena_alloc(a, EVP_MAX_MD_SIZE);
    unsigned len = 0;

    EVP_Digest(file->bytes, file->len, out, &len, EVP_sha256(), NULL);

    return (struct wr_blob){ out, len };
}

static struct wr_form_row *
of_key(const struct wr_deploy_forms *f, const char *key)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->rows[i].key, key) == 0)
            return &f->rows[i];

    return NULL;
}

static bool
is_file(const struct wr_deploy_forms *f, const char *name)
{
    for (int i = 0; i < f->n; i++)
        if (strcmp(f->rows[i].resource, name) == 0)
            return true;

    return false;
}

void
wr_deploy_forms_add(struct wr_deploy_forms *f, const struct wr_file *file,
                    struct wr_findings *findings)
{
    struct wr_form_row *more;
    struct wr_form form;
    struct wr_err why = { 0 };

    if (wr_form_parse(f->a, file->name, file->bytes, file->len, &form, &why)
        < 0) {
        wr_found(findings, WR_F_BAD_FORM, NULL, why.line, "%s: %s", file->name,
                 why.text);
        return;
    }
    if (of_key(f, form.key)) {
        wr_found(findings, WR_F_BAD_FORM, NULL, 0,
                 "'%s' and '%s' are both form '%s'",
                 of_key(f, form.key)->resource, file->name, form.key);
        return;
    }
    more = wr_newn(f->a, struct wr_form_row, (size_t)f->n + 1);
    if (f->n)
        memcpy(more, f->rows, (size_t)f->n * sizeof(*more));
    more[f->n++] = (struct wr_form_row){
        .tenant = f->tenant,
        .key = form.key,
        .resource = file->name,
        .kind = wr_form_kind_name(form.kind),
        .hash = hash_of(f->a, file),
    };
    f->rows = more;
}

/* ---- versions ---- */

int
wr_deploy_forms_number(struct wr_deploy_forms *f,
                       const struct wr_deployment_row *d, int slot,
                       struct wr_err *err)
{
    for (int i = 0; i < f->n; i++) {
        struct wr_form_row *row = &f->rows[i];
        const struct wr_form_row *last;

        if (wr_form_find(f->rt, f->tenant, row->key, 0, f->a, &last, err) < 0)
            return err->code;
        row->id = wr_uuid_new(d->deployed_at, slot);
        row->deployment = d->id;
        row->deployed_at = d->deployed_at;
        row->fresh = !last || last->hash.len != row->hash.len
                     || memcmp(last->hash.p, row->hash.p, row->hash.len) != 0;
        row->version = (last ? last->version : 0) + (row->fresh ? 1 : 0);
    }

    return 0;
}

/* The deployment in which all of them came; false: they did not, or some are
 * new. */
int
wr_deploy_forms_came(struct wr_deploy_forms *f, struct wr_uuid *deployment,
                     bool *out, struct wr_err *err)
{
    *out = false;
    for (int i = 0; i < f->n; i++) {
        const struct wr_form_row *last;

        if (wr_form_find(f->rt, f->tenant, f->rows[i].key, 0, f->a, &last, err)
            < 0)
            return err->code;
        if (!last || (i > 0 && !wr_uuid_equal(&last->deployment, deployment)))
            return 0;
        *deployment = last->deployment;
    }
    *out = f->n > 0;

    return 0;
}

/* ---- references ---- */

/* Is it there?  *never: it cannot come later either. */
static int
look(struct wr_deploy_forms *f, const struct wr_form_ref *r, bool *there,
     bool *never, struct wr_err *err)
{
    const struct wr_form_row *row = of_key(f, r->key), *stored;

    *never = r->source == WR_FORM_BY_FILE || r->binding == WR_BIND_DEPLOYMENT;
    if (r->source == WR_FORM_BY_FILE) {
        *there = is_file(f, r->key);
        return 0;
    }
    *there = row != NULL;
    if (r->binding == WR_BIND_DEPLOYMENT || (row && !r->version))
        return 0;
    if (wr_form_find(f->rt, f->tenant, r->key, r->version, f->a, &stored, err)
        < 0)
        return err->code;
    *there = stored != NULL;

    return 0;
}

int
wr_deploy_forms_check(struct wr_deploy_forms *f, const struct wr_model *m,
                      bool strict, struct wr_findings *findings,
                      struct wr_err *err)
{
    const struct wr_finding_row *no_form = wr_finding_row(WR_F_NO_FORM);

    for (int i = 0; i < m->n_nodes; i++) {
        const struct wr_form_ref *r = m->nodes[i].form;
        bool there = true, never = false;

        if (!r || (r->source != WR_FORM_BY_KEY && r->source != WR_FORM_BY_FILE))
            continue;
        if (look(f, r, &there, &never, err) < 0)
            return err->code;
        if (there)
            continue;
        wr_finding_add(
            findings,
            (struct wr_finding){
                .code = no_form->code,
                .severity = strict || never ? WR_ERROR_FINDING : WR_WARNING,
                .element = m->nodes[i].id,
                .line = m->nodes[i].line,
                .detail = wr_arena_printf(
                    f->a, "form '%s' is not deployed%s", r->key,
                    never ? " with it" : ": nobody gets past it until it is"),
            });
    }

    return 0;
}

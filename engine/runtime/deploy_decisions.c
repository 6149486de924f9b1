/*
 * deploy_decisions: DMN files in, versions out.
 *
 * Every decision and decision service of every file becomes the next version of
 * its key, as processes do.  Files see each other by their namespaces; what is
 * only there to be imported needs no decision of its own.
 */
#include <string.h>

#include "engine/runtime/decision.h"
#include "engine/runtime/deploy.h"

bool
wr_deploy_decisions_add(struct wr_deploy_decisions *d,
                        const struct wr_file *file)
{
    const struct wr_xml_limits limits = wr_decisions_limits(d->rt);
    struct wr_dmn_source *more;

    if (!wr_dmn_is_file(file->bytes, file->len, &limits))
        return false;
    more = wr_newn(d->a, struct wr_dmn_source, d->n_files + 1);
    if (d->n_files)
        memcpy(more, d->files, d->n_files * sizeof(*more));
    more[d->n_files++] = (struct wr_dmn_source){ file->name, file->bytes,
                                                 file->len };
    d->files = more;

    return true;
}

/* ---- reading ---- */

static const char *
or_null(const char *s)
{
    return *s ? s : NULL;
}

static bool
is_new(const struct wr_deploy_decisions *d, const struct wr_dmn_element *e,
       const char *file, struct wr_findings *findings)
{
    const char *key = wr_dmn_key(e);

    if (!*key) {
        wr_found(findings, WR_F_NO_ID, NULL, wr_dmn_line(e),
                 "a decision has neither id nor name");
        return false;
    }
    for (int i = 0; i < d->n; i++) {
        if (strcmp(d->rows[i].key, key) != 0)
            continue;
        wr_found(findings, WR_F_DUPLICATE_DECISION, key, wr_dmn_line(e),
                 "'%s' and '%s' both define decision '%s'", d->rows[i].resource,
                 file, key);
        return false;
    }

    return true;
}

static void
add_rows(struct wr_deploy_decisions *d, const struct wr_dmn *m,
         const char *file, struct wr_findings *findings)
{
    struct wr_decision_row *more;
    size_t n = (size_t)d->n;

    for (const struct wr_dmn_element *e = wr_dmn_next(m, NULL); e;
         e = wr_dmn_next(m, e))
        n++;
    more = wr_newn(d->a, struct wr_decision_row, n + 1);
    if (d->n)
        memcpy(more, d->rows, (size_t)d->n * sizeof(*more));
    d->rows = more;
    for (const struct wr_dmn_element *e = wr_dmn_next(m, NULL); e;
         e = wr_dmn_next(m, e)) {
        bool service = wr_dmn_kind(e) == WR_DMN_SERVICE;

        if ((!service && wr_dmn_kind(e) != WR_DMN_DECISION)
            || !is_new(d, e, file, findings))
            continue;
        d->rows[d->n++] = (struct wr_decision_row){
            .tenant = d->tenant,
            .key = wr_dmn_key(e),
            .kind = service ? "service" : "decision",
            .name = or_null(wr_dmn_name(e)),
            .version_tag = wr_dmn_version_tag(e),
            .graph = or_null(wr_dmn_model_id(m)),
            .graph_name = or_null(wr_dmn_model_name(m)),
            .resource = file,
            .state = WR_DEF_ACTIVE,
        };
    }
}

static bool
same_text(const char *x, const char *y)
{
    return x == y || (x && y && strcmp(x, y) == 0);
}

/* An imported file is read once for each that imports it, and as itself. */
static void
add_findings(struct wr_findings *to, const struct wr_findings *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct wr_finding *f = &from->items[i];
        bool known = false;

        for (size_t k = 0; k < to->n && !known; k++)
            known = to->items[k].line == f->line
                    && strcmp(to->items[k].code, f->code) == 0
                    && same_text(to->items[k].element, f->element)
                    && same_text(to->items[k].detail, f->detail);
        if (!known)
            wr_finding_add(to, *f);
    }
}

static int
read_one(struct wr_deploy_decisions *d, size_t nth, struct wr_findings *to,
         struct wr_err *err)
{
    const struct wr_xml_limits limits = wr_decisions_limits(d->rt);
    struct wr_dmn_source *sources = wr_arena_memdup(
        d->a, d->files, d->n_files * sizeof(*sources));
    struct wr_findings found = { .arena = d->a };
    const struct wr_dmn *m;

    sources[0] = d->files[nth];
    sources[nth] = d->files[0];
    if (wr_dmn_read(d->a, sources, d->n_files, &limits, &found, &m, err) < 0) {
        if (err->code != WR_EPARSE)
            return wr_wrap(err, "file '%s'", d->files[nth].name);
        wr_found(to, WR_F_XML_MALFORMED, NULL, err->line, "%s", err->text);
        return 0;
    }
    wr_dmn_lint(m, &found);
    wr_findings_sort(&found);
    add_findings(to, &found);
    add_rows(d, m, d->files[nth].name, to);

    return 0;
}

int
wr_deploy_decisions_read(struct wr_deploy_decisions *d,
                         struct wr_findings *findings, struct wr_err *err)
{
    for (size_t i = 0; i < d->n_files; i++)
        if (read_one(d, i, findings, err) < 0)
            return err->code;

    return 0;
}

/* ---- versions ---- */

/* The newest version of a key, whatever its state; NULL when there is none. */
static int
find_newest(struct wr_deploy_decisions *d, const char *key,
            const struct wr_decision_row **out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DECISIONS,
                          .tenant = d->tenant,
                          .key = key,
                          .descending = true,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_slot_find(d->rt, &q, d->a, &rows, err) < 0)
        return err->code;
    *out = rows.n ? &rows.decisions[0] : NULL;

    return 0;
}

int
wr_deploy_decisions_latest(struct wr_deploy_decisions *d,
                           struct wr_decision_row *rows, bool *out,
                           struct wr_err *err)
{
    *out = false;
    for (int i = 0; i < d->n; i++) {
        const struct wr_decision_row *row;

        if (find_newest(d, d->rows[i].key, &row, err) < 0)
            return err->code;
        if (!row || row->state != WR_DEF_ACTIVE)
            return 0;
        rows[i] = *row;
    }
    *out = true;

    return 0;
}

int
wr_deploy_decisions_number(struct wr_deploy_decisions *d,
                           const struct wr_deployment_row *row, int slot,
                           struct wr_err *err)
{
    for (int i = 0; i < d->n; i++) {
        const struct wr_decision_row *before;

        if (find_newest(d, d->rows[i].key, &before, err) < 0)
            return err->code;
        d->rows[i].id = wr_uuid_new(row->deployed_at, slot);
        d->rows[i].deployment = row->id;
        d->rows[i].deployed_at = row->deployed_at;
        d->rows[i].version = before ? before->version + 1 : 1;
    }

    return 0;
}

/* ---- what processes name ---- */

static bool
is_among(const struct wr_deploy_decisions *d, const char *key)
{
    for (int i = 0; i < d->n; i++)
        if (strcmp(d->rows[i].key, key) == 0)
            return true;

    return false;
}

/* With its own deployment alone, or has the store it? */
static int
is_deployed(struct wr_deploy_decisions *d, const struct wr_decision_def *def,
            bool *yes, struct wr_err *err)
{
    wr_auto(wr_arena_free) struct wr_arena *scratch = wr_arena_new(4096);
    const struct wr_decision_row *row;
    int r;

    *yes = false;
    if (def->binding == WR_BIND_DEPLOYMENT && !def->else_latest)
        return 0;
    r = wr_runtime_decision_row(d->rt, def->ref.text, d->tenant, scratch, &row,
                                err);
    *yes = r == 0;

    return r == WR_ENOTFOUND ? 0 : r;
}

int
wr_deploy_decisions_check(struct wr_deploy_decisions *d,
                          const struct wr_model *m,
                          struct wr_findings *findings, struct wr_err *err)
{
    for (int i = 0; i < m->n_nodes; i++) {
        const struct wr_node *n = &m->nodes[i];
        const struct wr_decision_def *def = n->decision;
        bool yes;

        if (!def || def->ref.expr || !def->ref.text || !def->ref.text[0]
            || is_among(d, def->ref.text))
            continue;
        if (is_deployed(d, def, &yes, err) < 0)
            return err->code;
        if (!yes)
            wr_found(findings, WR_F_NO_SUCH_DECISION, n->id, n->line,
                     "'%s' names the decision '%s', which is not in the files"
                     " of the deployment",
                     n->id, def->ref.text);
    }

    return 0;
}

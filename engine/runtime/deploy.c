/*
 * deploy: files in, versions out, all or nothing.
 *
 * Every process of every file becomes the next version of its key.  Its symbol
 * table is the one before it plus what is new, so stored numbers keep their
 * meaning.  Somebody else deploying the same key at the same time shows up as
 * WR_ECONFLICT of the store; then versions and tables are read again.
 */
#include "engine/runtime/deploy.h"

#include <openssl/evp.h>
#include <string.h>

#include "engine/base/crash.h"
#include "engine/model/symbols.h"

enum {
    TRIES = 20
};

struct process {
    const struct wr_file *file;
    const struct wr_model *model;
};

struct deploying {
    struct wr_runtime *rt;
    struct wr_arena *a;
    int32_t tenant;
    const struct wr_deploy_options *o;
    struct process *processes;
    int n;
    struct wr_deployment_row row;
    struct wr_resource_row *resources;
    const struct wr_file *files;
    int n_files;
    struct wr_deploy_forms forms;
    struct wr_deploy_decisions decisions;
};

/* ---- reading and judging ---- */

static void
add_findings(struct wr_findings *to, const struct wr_findings *from)
{
    for (size_t i = 0; i < from->n; i++)
        wr_finding_add(to, from->items[i]);
}

static void
add_malformed(struct wr_findings *to, struct wr_arena *a,
              const struct wr_err *why, const char *file)
{
    wr_finding_add(to,
                   (struct wr_finding){
                       .code = "xml-malformed",
                       .severity = WR_ERROR_FINDING,
                       .line = why->line,
                       .detail = wr_arena_printf(a, "%s: %s", file, why->text),
                   });
}

static void
add_process(struct deploying *d, const struct wr_file *file,
            const struct wr_model *m, struct wr_findings *findings)
{
    for (int i = 0; i < d->n; i++) {
        if (strcmp(d->processes[i].model->process_id, m->process_id) != 0)
            continue;
        wr_finding_add(
            findings,
            (struct wr_finding){
                .code = "duplicate-process",
                .severity = WR_ERROR_FINDING,
                .element = m->process_id,
                .detail = wr_arena_printf(
                    d->a, "'%s' and '%s' both define process '%s'",
                    d->processes[i].file->name, file->name, m->process_id),
            });
        return;
    }
    d->processes[d->n++] = (struct process){ file, m };
}

/* Definitions of variables go with the file whose name they have. */
static void
read_inputs(struct deploying *d, const struct wr_file *file,
            const struct wr_file *all, int n, struct wr_findings *findings)
{
    const struct wr_model **models = wr_newn(d->a, const struct wr_model *,
                                             (size_t)d->n + 1);
    bool belongs = false;
    int n_models = 0;

    for (int i = 0; i < n; i++)
        if (!wr_inputs_is_file(all[i].name)
            && strcmp(wr_inputs_file(d->a, all[i].name), file->name) == 0)
            belongs = true;
    for (int i = 0; i < d->n; i++)
        if (strcmp(wr_inputs_file(d->a, d->processes[i].file->name), file->name)
            == 0)
            models[n_models++] = d->processes[i].model;
    if (belongs)
        wr_inputs_judge(findings, file->name, file->bytes, file->len, models,
                        n_models);
    else
        wr_found(findings, WR_F_BAD_VARIABLES, NULL, 0,
                 "%s: no file of that name is deployed with it", file->name);
}

static bool
script_of(void *files, struct wr_arena *a, const char *name, const char **bytes,
          size_t *len)
{
    const struct deploying *d = files;

    (void)a;
    for (int i = 0; i < d->n_files; i++) {
        if (strcmp(d->files[i].name, name) != 0)
            continue;
        *bytes = d->files[i].bytes;
        *len = d->files[i].len;
        return true;
    }

    return false;
}

static int
read_file(struct deploying *d, const struct wr_file *file, bool strict,
          struct wr_findings *findings, struct wr_err *err)
{
    struct wr_bpmn_options options = d->rt->o.bpmn;
    struct process *more;
    struct wr_bpmn bpmn;

    if (wr_inputs_is_file(file->name) || wr_script_is_file(file->name))
        return 0;
    if (wr_form_is_file(file->name)) {
        wr_deploy_forms_add(&d->forms, file, findings);
        return 0;
    }
    if (wr_deploy_decisions_add(&d->decisions, file))
        return 0;
    options.strict = strict;
    options.file = script_of;
    options.files = d;
    if (wr_bpmn_read(d->a, file->bytes, file->len, &options, &bpmn, err) < 0) {
        if (err->code != WR_EPARSE)
            return wr_wrap(err, "file '%s'", file->name);
        add_malformed(findings, d->a, err, file->name);
        return 0;
    }
    add_findings(findings, &bpmn.findings);
    more = wr_newn(d->a, struct process, (size_t)(d->n + bpmn.n_models));
    if (d->n)
        memcpy(more, d->processes, (size_t)d->n * sizeof(*more));
    d->processes = more;
    for (int i = 0; i < bpmn.n_models; i++)
        add_process(d, file, bpmn.models[i], findings);

    return 0;
}

static int
judge(struct deploying *d, const struct wr_findings *findings,
      struct wr_err *err)
{
    if (findings->n_errors == 0 && d->n + d->forms.n + d->decisions.n > 0)
        return 0;
    for (size_t i = 0; i < findings->n; i++) {
        const struct wr_finding *f = &findings->items[i];

        if (f->severity != WR_ERROR_FINDING)
            continue;
        wr_fail(err, WR_EPARSE, "%s", f->detail ? f->detail : f->code);
        err->line = f->line;
        return err->code;
    }

    return wr_fail(err, WR_EPARSE,
                   "there is no process, decision or form in it");
}

/* ---- unchanged? ---- */

static void
update_sized(EVP_MD_CTX *ctx, const void *p, size_t n)
{
    uint64_t len = n;

    EVP_DigestUpdate(ctx, &len, sizeof(len));
    EVP_DigestUpdate(ctx, p, n);
}

static struct wr_blob
hash(struct wr_arena *a, const struct wr_file *files, int n)
{
    unsigned char *out = wr_arena_alloc(a, EVP_MAX_MD_SIZE);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned len = 0;

    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    for (int i = 0; i < n; i++) {
        update_sized(ctx, files[i].name, strlen(files[i].name));
        update_sized(ctx, files[i].bytes, files[i].len);
    }
    EVP_DigestFinal_ex(ctx, out, &len);
    EVP_MD_CTX_free(ctx);

    return (struct wr_blob){ out, len };
}

/* The newest version of a key, whatever its state; NULL when there is none. */
static int
find_newest(struct deploying *d, const char *key,
            const struct wr_definition_row **out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEFINITIONS,
                          .tenant = d->tenant,
                          .key = key,
                          .descending = true,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_slot_find(d->rt, &q, d->a, &rows, err) < 0)
        return err->code;
    *out = rows.n ? &rows.definitions[0] : NULL;

    return 0;
}

static int
find_deployment(struct deploying *d, const struct wr_uuid *id,
                struct wr_deployment_row *out, struct wr_err *err)
{
    struct wr_query q = { .noun = WR_DEPLOYMENTS,
                          .tenant = d->tenant,
                          .id = id,
                          .state = -1,
                          .limit = 1 };
    struct wr_rows rows;

    if (wr_slot_find(d->rt, &q, d->a, &rows, err) < 0)
        return err->code;
    if (rows.n == 0)
        return wr_fail(err, WR_ECORRUPT, "a definition without deployment");
    *out = rows.deployments[0];

    return 0;
}

/* The latest versions of all keys into `rows`; *out false: some have none, or it
 * is not active. */
static int
latest_of(struct deploying *d, struct wr_definition_row *rows, bool *out,
          struct wr_err *err)
{
    *out = false;
    for (int i = 0; i < d->n; i++) {
        const struct wr_definition_row *row;

        if (find_newest(d, d->processes[i].model->process_id, &row, err) < 0)
            return err->code;
        if (!row || row->state != WR_DEF_ACTIVE)
            return 0;
        rows[i] = *row;
    }
    *out = true;

    return 0;
}

/* The deployment that all of it came with; *out false: there is none. */
static int
came_with(struct deploying *d, const struct wr_definition_row *rows,
          const struct wr_decision_row *decisions, struct wr_uuid *came,
          bool *out, struct wr_err *err)
{
    if (d->n + d->decisions.n == 0)
        return wr_deploy_forms_came(&d->forms, came, out, err);
    *came = d->n ? rows[0].deployment : decisions[0].deployment;
    *out = true;
    for (int i = 0; i < d->n; i++)
        *out = *out && wr_uuid_equal(&rows[i].deployment, came);
    for (int i = 0; i < d->decisions.n; i++)
        *out = *out && wr_uuid_equal(&decisions[i].deployment, came);

    return 0;
}

/* Are these bytes already the latest versions of all their keys? */
static int
check_unchanged(struct deploying *d, struct wr_deployed *out,
                struct wr_err *err)
{
    struct wr_definition_row *rows = wr_newn(d->a, struct wr_definition_row,
                                             (size_t)d->n);
    struct wr_decision_row *decisions = wr_newn(d->a, struct wr_decision_row,
                                                (size_t)d->decisions.n);
    const struct wr_blob *hash = &d->row.hash;
    struct wr_deployment_row before = { 0 };
    struct wr_uuid came;
    bool known = false;

    if (latest_of(d, rows, &known, err) < 0
        || (known
            && wr_deploy_decisions_latest(&d->decisions, decisions, &known, err)
                   < 0)
        || (known && came_with(d, rows, decisions, &came, &known, err) < 0))
        return err->code;
    if (!known)
        return 0;
    if (find_deployment(d, &came, &before, err) < 0)
        return err->code;
    if (before.hash.len != hash->len
        || memcmp(before.hash.p, hash->p, hash->len) != 0)
        return 0;
    out->deployment = before;
    out->definitions = rows;
    out->n_definitions = d->n;
    out->decisions = decisions;
    out->n_decisions = d->decisions.n;
    out->unchanged = true;
    out->forms = d->forms.rows;
    out->n_forms = d->forms.n;

    return wr_deploy_forms_number(&d->forms, &before, d->rt->o.slot, err);
}

/* ---- writing ---- */

static int
extend_symbols(struct deploying *d, const struct wr_model *model,
               const struct wr_definition_row *before, struct wr_blob *out,
               const struct wr_model **bound, struct wr_err *err)
{
    struct wr_model *m = wr_arena_memdup(d->a, model, sizeof(*m));
    struct wr_str blob = { .arena = d->a };
    struct wr_symbols *symbols;

    if (!before)
        symbols = wr_symbols_new(d->a);
    else if (wr_symbols_decode(d->a, before->symbols.p, before->symbols.len,
                               &symbols, err)
             < 0)
        return wr_wrap(err, "symbols of '%s'", before->key);
    wr_model_bind(d->a, m, symbols);
    *bound = m;
    wr_symbols_encode(symbols, &blob);
    *out = (struct wr_blob){ blob.s, blob.len };

    return 0;
}

static int
make_row(struct deploying *d, const struct process *p,
         struct wr_definition_row *out, struct wr_start_rows *starts,
         struct wr_err *err)
{
    const struct wr_definition_row *before;
    const struct wr_model *m = p->model;

    if (find_newest(d, m->process_id, &before, err) < 0)
        return err->code;
    *out = (struct wr_definition_row){
        .id = wr_uuid_new(d->row.deployed_at, d->rt->o.slot),
        .deployment = d->row.id,
        .tenant = d->tenant,
        .key = m->process_id,
        .version = before ? before->version + 1 : 1,
        .kind = "bpmn",
        .name = m->name,
        .version_tag = m->version_tag,
        .resource = p->file->name,
        .state = WR_DEF_ACTIVE,
        .executable = m->executable,
        .deployed_at = d->row.deployed_at,
        .history_ttl = m->history_ttl,
        .history_level = (enum wr_history_level)m->history_level,
    };

    if (extend_symbols(d, m, before, &out->symbols, &m, err) < 0)
        return err->code;

    return wr_starts_add(d->a, out, m, starts, err);
}

/* The key's row with what is answered. */
static const struct wr_idempotency_row *
keep(struct deploying *d, const struct wr_deployed *out)
{
    const struct wr_deploy_key *key = d->o->key;
    struct wr_idempotency_row *row;

    if (!key)
        return NULL;
    row = wr_arena_memdup(d->a, &key->row, sizeof(*row));
    row->answer = key->answer(key->of, out);

    return row;
}

static int
write_once(struct deploying *d, struct wr_definition_row *rows,
           struct wr_deployed *out, struct wr_err *err)
{
    struct wr_deployment w = { .row = d->row,
                               .resources = d->resources,
                               .definitions = rows,
                               .n_resources = d->n_files,
                               .n_definitions = d->n };
    struct wr_start_rows starts = { 0 };
    int r;

    for (int i = 0; i < d->n; i++)
        if (make_row(d, &d->processes[i], &rows[i], &starts, err) < 0)
            return err->code;
    w.subscriptions = starts.subscriptions;
    w.timers = starts.timers;
    w.n_subscriptions = starts.n_subscriptions;
    w.n_timers = starts.n_timers;
    if (wr_deploy_forms_number(&d->forms, &d->row, d->rt->o.slot, err) < 0
        || wr_deploy_decisions_number(&d->decisions, &d->row, d->rt->o.slot,
                                      err)
               < 0)
        return err->code;
    w.forms = d->forms.rows;
    w.n_forms = d->forms.n;
    w.decisions = d->decisions.rows;
    w.n_decisions = d->decisions.n;
    out->deployment = d->row;
    out->definitions = rows;
    out->n_definitions = d->n;
    out->forms = d->forms.rows;
    out->n_forms = d->forms.n;
    out->decisions = d->decisions.rows;
    out->n_decisions = d->decisions.n;
    w.key = keep(d, out);
    pthread_mutex_lock(&d->rt->writing);
    r = wr_store_deploy(d->rt->store, &w, err);
    pthread_mutex_unlock(&d->rt->writing);

    return r;
}

static int
write_deployment(struct deploying *d, struct wr_deployed *out,
                 struct wr_err *err)
{
    struct wr_definition_row *rows = wr_newn(d->a, struct wr_definition_row,
                                             (size_t)d->n);
    int r;

    for (int try = 0; try < TRIES; try++) {
        r = write_once(d, rows, out, err);
        if (r != WR_ECONFLICT)
            break;
    }
    if (r < 0)
        return wr_wrap(err, "deploy");
    for (int i = 0; i < d->n; i++)
        wr_definitions_forget_latest(d->rt, d->tenant, rows[i].key);

    return 0;
}

/* Nothing to deploy; that, too, is answered alike when it is asked again. */
static int
keep_unchanged(struct deploying *d, const struct wr_deployed *out,
               struct wr_err *err)
{
    struct wr_change put = { .op = WR_OP_PUT,
                             .noun = WR_IDEMPOTENCIES,
                             .was = d->row.deployed_at,
                             .idempotency = keep(d, out) };
    int r;

    if (!put.idempotency)
        return 0;
    pthread_mutex_lock(&d->rt->writing);
    r = wr_store_change(d->rt->store, &put, 1, err);
    pthread_mutex_unlock(&d->rt->writing);

    return r;
}

static int
check_decisions(struct deploying *d, struct wr_findings *findings,
                struct wr_err *err)
{
    for (int i = 0; i < d->n; i++)
        if (wr_deploy_decisions_check(&d->decisions, d->processes[i].model,
                                      findings, err)
            < 0)
            return err->code;

    return 0;
}

/* What the processes name must be there, now or later. */
static int
check_forms(struct deploying *d, bool strict, struct wr_findings *findings,
            struct wr_err *err)
{
    for (int i = 0; i < d->n; i++)
        if (wr_deploy_forms_check(&d->forms, d->processes[i].model, strict,
                                  findings, err)
            < 0)
            return err->code;

    return 0;
}

static void
describe(struct deploying *d, const struct wr_file *files)
{
    int64_t now = wr_clock_now(d->rt->o.clock);

    d->resources = wr_newn(d->a, struct wr_resource_row, (size_t)d->n_files);
    d->row = (struct wr_deployment_row){
        .id = wr_uuid_new(now, d->rt->o.slot),
        .tenant = d->tenant,
        .name = d->o->name ? d->o->name : files[0].name,
        .deployed_at = now,
        .actor = d->o->actor,
        .hash = hash(d->a, files, d->n_files),
    };
    for (int i = 0; i < d->n_files; i++)
        d->resources[i] = (struct wr_resource_row){
            .deployment = d->row.id,
            .name = files[i].name,
            .bytes = { files[i].bytes, files[i].len },
        };
}

static int
check_size(const struct wr_limits *l, const struct wr_file *files, int n_files,
           struct wr_err *err)
{
    int64_t n = 0;

    for (int i = 0; i < n_files; i++) {
        int64_t size = (int64_t)files[i].len;

        if (wr_limit_over(l, WR_LIMIT_FILE, size))
            return wr_limit_fail(err, l, WR_LIMIT_FILE, size, files[i].name);
        n += size;
    }
    if (wr_limit_over(l, WR_LIMIT_DEPLOYMENT, n))
        return wr_limit_fail(err, l, WR_LIMIT_DEPLOYMENT, n, NULL);

    return 0;
}

int
wr_runtime_deploy(struct wr_runtime *rt, const struct wr_file *files,
                  int n_files, const struct wr_deploy_options *o,
                  struct wr_arena *a, struct wr_deployed *out,
                  struct wr_err *err)
{
    struct deploying d = { .rt = rt,
                           .a = a,
                           .o = o,
                           .tenant = o->tenant,
                           .files = files,
                           .n_files = n_files,
                           .forms = { .rt = rt, .a = a, .tenant = o->tenant },
                           .decisions = {
                               .rt = rt, .a = a, .tenant = o->tenant } };

    *out = (struct wr_deployed){ .findings = { .arena = a } };
    if (n_files < 1)
        return wr_fail(err, WR_EINVALID, "no file to deploy");
    if (check_size(&rt->o.limits, files, n_files, err) < 0) {
        wr_limit_count(err);
        return err->code;
    }
    for (int i = 0; i < n_files; i++)
        if (read_file(&d, &files[i], o->strict, &out->findings, err) < 0)
            return err->code;
    if (wr_deploy_decisions_read(&d.decisions, &out->findings, err) < 0
        || check_decisions(&d, &out->findings, err) < 0)
        return err->code;
    for (int i = 0; i < n_files; i++)
        if (wr_inputs_is_file(files[i].name))
            read_inputs(&d, &files[i], files, n_files, &out->findings);
    if (o->strict)
        wr_findings_strict(&out->findings);
    if (check_forms(&d, o->strict, &out->findings, err) < 0
        || judge(&d, &out->findings, err) < 0)
        return err->code;
    describe(&d, files);
    if (check_unchanged(&d, out, err) < 0)
        return err->code;
    if (out->unchanged)
        return keep_unchanged(&d, out, err);

    WEIR_CRASH("deploy-read"); /* C18 */

    return write_deployment(&d, out, err);
}

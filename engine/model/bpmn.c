/* bpmn.c: a file into models and findings. */

#include "engine/model/bpmn.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/time.h"
#include "engine/model/build.h"
#include "engine/model/rules.h"
#include "engine/model/timer.h"

enum {
    MAX_BYTES = 8 << 20,
    MAX_DEPTH = 128
};

static enum wr_dialect
declared_dialect(const struct wr_xml *root)
{
    for (const struct wr_xml_prefix *p = root->prefixes; p; p = p->outer) {
        if (p->ns == WR_NS_PYTHMATA)
            return WR_DIALECT_PYTHMATA;
        if (p->ns == WR_NS_SPIFF)
            return WR_DIALECT_SPIFF;
    }

    return WR_DIALECT_BPMN;
}

/* Namespaces decide unless the modeler says for which platform it drew. */
static enum wr_dialect
dialect_of(const struct wr_xml *root)
{
    const char *platform = wr_xml_attr_ns(root, WR_NS_MODELER,
                                          "executionPlatform");
    enum wr_dialect d = WR_DIALECT_BPMN;

    if (platform && strstr(platform, "Cloud"))
        return WR_DIALECT_ZEEBE;
    if (platform && strstr(platform, "Platform"))
        return WR_DIALECT_CAMUNDA;
    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e)) {
        enum wr_ns ns = e->ns;

        for (int i = 0; i < e->n_attrs && ns == WR_NS_BPMN; i++) {
            if (e->attrs[i].ns != WR_NS_NONE && e->attrs[i].ns != WR_NS_XSI)
                ns = e->attrs[i].ns;
        }
        if (ns == WR_NS_ZEEBE)
            return WR_DIALECT_ZEEBE;
        if (ns == WR_NS_SPIFF)
            return WR_DIALECT_SPIFF;
        if (ns == WR_NS_CAMUNDA || ns == WR_NS_FLOWABLE)
            d = WR_DIALECT_CAMUNDA;
    }

    return d == WR_DIALECT_BPMN ? declared_dialect(root) : d;
}

static const char *
version_tag(const struct wr_xml *process)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(process, "versionTag", &ns);
    const struct wr_xml *x = wr_build_extension(process, WR_NS_ZEEBE,
                                                "versionTag");

    return v || !x ? v : wr_xml_attr(x, "value");
}

/* historyTimeToLive: days, or an ISO 8601 duration. */
static int64_t
history_ttl(struct wr_build *b, const struct wr_xml *process)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(process, "historyTimeToLive", &ns);
    struct wr_err err;
    int64_t ms;

    if (!v || !*v)
        return 0;
    if (strspn(v, "0123456789") == strlen(v) && strlen(v) < 6)
        v = wr_arena_printf(b->arena, "P%sD", v);
    if (wr_instant_add_duration(0, v, strlen(v), &ms, &err) == 0 && ms >= 0)
        return ms ? ms : 1;
    wr_build_found(b, WR_F_IGNORED, process,
                   "historyTimeToLive '%.40s' is neither days nor a duration: "
                   "its instances are kept as the settings say",
                   v);

    return 0;
}

/* The property historyLevel. */
static int
history_level(struct wr_build *b, const struct wr_xml *process)
{
    static const char *const names[] = { "none", "activity", "audit", "full" };
    const char *text = wr_build_property(process, "historyLevel");

    for (size_t i = 0; text && i < WR_COUNT(names); i++)
        if (strcmp(wr_xml_trim(b->arena, text), names[i]) == 0)
            return (int)i + 1;
    if (text)
        wr_build_found(b, WR_F_IGNORED, process,
                       "historyLevel '%.40s' is none of none, activity, audit "
                       "and full: the history is told as the settings say",
                       text);

    return 0;
}

/* What other processes of the file hold is not there for the next one. */
static void
forget(struct wr_build *b)
{
    for (int i = 0; i < b->n_nodes; i++)
        b->index_of[b->node_xml[i]->order] = WR_NO_INDEX;
    for (int i = 0; i < b->n_flows; i++)
        b->index_of[b->flow_xml[i]->order] = WR_NO_INDEX;
    b->n_nodes = b->n_flows = 0;
}

static void
check_all(struct wr_build *b)
{
    for (const struct wr_xml *e = b->process; e; e = wr_xml_walk(b->process, e))
        wr_build_check_extensions(b, e);
}

/* One process; NULL when it cannot become a model at all. */
static struct wr_model *
read_process(struct wr_build *b)
{
    struct wr_model *m = wr_new(b->arena, struct wr_model);
    const struct wr_xml *p = b->process;

    if (!p->id || !*p->id) {
        wr_build_found(b, WR_F_NO_ID, p, "a 'process' has no id");
        return NULL;
    }
    m->process_id = p->id;
    m->name = wr_xml_attr(p, "name");
    m->version_tag = version_tag(p);
    m->keep_for = wr_build_keep_for(b, p);
    m->history_ttl = history_ttl(b, p);
    m->history_level = history_level(b, p);
    m->timing = wr_build_timing(b, p);
    m->executable = wr_xml_flag(p, "isExecutable", false);
    m->dialect = b->dialect;
    m->language = b->options->bare_conditions_are_juel ? WR_LANG_JUEL
                                                       : WR_LANG_FEEL;
    check_all(b);
    if (!wr_build_graph(b, m))
        return NULL;
    wr_build_data(b);
    wr_build_lanes(b);
    if (b->n_nodes == 0 && !b->has_unbuilt) {
        wr_build_found(b, WR_F_EMPTY_PROCESS, p, NULL);
        return NULL;
    }
    if (!m->executable)
        wr_build_found(b, WR_F_NOT_EXECUTABLE, p, NULL);
    for (int i = 0; i < b->n_nodes; i++)
        wr_build_node(b, i);
    wr_build_listeners(b);
    wr_build_starts(b, m);
    if (b->findings->n_errors > 0)
        return NULL;
    wr_model_reach(b->arena, m, b->nodes);
    wr_build_lint(b, m);

    return m;
}

static const struct {
    const char *name;
    enum wr_kind kind;
} globals[] = {
    { "globalTask", WR_TASK },
    { "globalManualTask", WR_MANUAL_TASK },
    { "globalUserTask", WR_USER_TASK },
    { "globalScriptTask", WR_SCRIPT_TASK },
    { "globalBusinessRuleTask", WR_BUSINESS_RULE_TASK },
};

static int
count_globals(const struct wr_xml *root)
{
    int n = 0;

    for (size_t i = 0; i < WR_COUNT(globals); i++)
        n += wr_xml_count(root, WR_NS_BPMN, globals[i].name);

    return n;
}

/* A global task is a process of that one task (BPMN 2.0.2, 10.3.4). */
static struct wr_model *
read_global(struct wr_build *b, enum wr_kind kind)
{
    struct wr_model *m = wr_new(b->arena, struct wr_model);
    const struct wr_xml *e = b->process;
    size_t n_errors = b->findings->n_errors;

    if (!e->id || !*e->id) /* nothing can call it */
        return NULL;
    m->process_id = e->id;
    m->name = wr_xml_attr(e, "name");
    m->version_tag = version_tag(e);
    m->executable = true;
    m->dialect = b->dialect;
    m->language = b->options->bare_conditions_are_juel ? WR_LANG_JUEL
                                                       : WR_LANG_FEEL;
    check_all(b);
    wr_build_single(b, m, kind);
    wr_build_node(b, 0);
    wr_build_listeners(b);
    if (b->findings->n_errors > n_errors)
        return NULL;
    wr_model_reach(b->arena, m, b->nodes);

    return m;
}

/* A rule is done by whatever the extensions of service tasks name. */
static bool
is_rule_of_nobody(const struct wr_xml *e, enum wr_kind kind)
{
    static const char *const names[] = { "type", "class", "delegateExpression",
                                         "expression", "decisionRef" };
    enum wr_ns ns;

    if (kind != WR_BUSINESS_RULE_TASK
        || wr_build_extension(e, WR_NS_ZEEBE, "taskDefinition")
        || wr_build_extension(e, WR_NS_ZEEBE, "calledDecision")
        || wr_build_extension(e, WR_NS_SPIFF, "calledDecisionId"))
        return false;
    for (size_t k = 0; k < WR_COUNT(names); k++) {
        if (wr_build_camunda(e, names[k], &ns))
            return false;
    }

    return true;
}

static void
read_globals(struct wr_build *b, struct wr_bpmn *out)
{
    const struct wr_xml *root = b->doc->root, *e;

    for (size_t i = 0; i < WR_COUNT(globals); i++) {
        for (e = wr_xml_child(root, WR_NS_BPMN, globals[i].name); e;
             e = wr_xml_next(e, WR_NS_BPMN, globals[i].name)) {
            struct wr_model *m;

            if (is_rule_of_nobody(e, globals[i].kind)) {
                wr_build_found(b, WR_F_IGNORED, e,
                               "'%s' says nothing of what to do: it is not "
                               "there to be called",
                               e->name);
                continue;
            }
            b->process = e;
            m = read_global(b, globals[i].kind);
            if (m)
                out->models[out->n_models++] = m;
        }
    }
}

static void
read_definitions(struct wr_build *b, struct wr_bpmn *out)
{
    const struct wr_xml *root = b->doc->root, *p;
    int n = wr_xml_count(root, WR_NS_BPMN, "process") + count_globals(root);

    out->models = wr_newn(b->arena, struct wr_model *, n);
    b->data_names = wr_newn(b->arena, const char *, b->doc->n_elements);
    b->index_of = wr_newn(b->arena, int, b->doc->n_elements);
    for (int i = 0; i < b->doc->n_elements; i++)
        b->index_of[i] = WR_NO_INDEX;
    for (p = wr_xml_child(root, WR_NS_BPMN, "process"); p;
         p = wr_xml_next(p, WR_NS_BPMN, "process")) {
        struct wr_model *m;

        b->process = p;
        m = read_process(b);
        if (m)
            out->models[out->n_models++] = m;
        forget(b);
    }
    read_globals(b, out);
    if (out->n_models == 0 && b->findings->n_errors == 0)
        wr_build_found(b, WR_F_NO_PROCESS, root, NULL);
}

static int
check_root(const struct wr_xml *root, struct wr_err *err)
{
    if (wr_xml_is(root, "definitions"))
        return 0;
    wr_fail(err, WR_EPARSE, "not BPMN 2.0: the root element is '%.60s'%s%.100s",
            root->name, *root->uri ? " of " : " without namespace", root->uri);
    err->line = root->line;
    snprintf(err->element, sizeof err->element, "%s", root->name);

    return err->code;
}

struct wr_finding
wr_bpmn_finding(struct wr_arena *a, const struct wr_err *err)
{
    enum wr_found id = WR_F_XML_MALFORMED;
    struct wr_findings one = { .arena = a };

    if (err->code == WR_ELIMIT)
        id = WR_F_LIMIT_EXCEEDED;
    else if (err->element[0])
        id = WR_F_NOT_BPMN;
    wr_found(&one, id,
             err->element[0] ? wr_arena_strdup(a, err->element) : NULL,
             err->line, "%s", err->text);

    return one.items[0];
}

int
wr_bpmn_read(struct wr_arena *a, const void *bytes, size_t len,
             const struct wr_bpmn_options *options, struct wr_bpmn *out,
             struct wr_err *err)
{
    static const struct wr_bpmn_options none;
    struct wr_bpmn result = { .findings.arena = a };
    struct wr_xml_limits limits = { .max_bytes = MAX_BYTES,
                                    .max_depth = MAX_DEPTH };
    struct wr_build b = { .arena = a, .options = options ? options : &none };
    struct wr_xml_doc doc;

    if (b.options->max_bytes > 0)
        limits.max_bytes = b.options->max_bytes;
    if (b.options->max_depth > 0)
        limits.max_depth = b.options->max_depth;
    if (wr_xml_parse(a, bytes, len, &limits, &doc, err) < 0
        || check_root(doc.root, err) < 0)
        return err->code;
    b.doc = &doc;
    b.findings = &result.findings;
    b.dialect = dialect_of(doc.root);
    b.language = wr_xml_attr(doc.root, "expressionLanguage");
    read_definitions(&b, &result);
    wr_rules_check(a, &doc, b.options, &result.findings);
    wr_schema_check(a, &doc, &result.findings);
    wr_findings_sort(&result.findings);
    if (b.options->strict)
        wr_findings_strict(&result.findings);
    if (result.findings.n_errors > 0)
        result.n_models = 0;
    *out = result;

    return 0;
}

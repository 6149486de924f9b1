/*
 * call.c: what a call activity calls, and what goes in and out (SEMANTICS S24).
 *
 * Every dialect says it in its own words; what nobody says follows its habit:
 * zeebe hands all variables both ways, the others hand nothing.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/model/build.h"

struct maps {
    struct wr_call_map *items;
    int n;
    bool all, all_local;
    struct wr_attr business_key;
};

static bool
is_true(const char *v)
{
    return v && (!strcmp(v, "true") || !strcmp(v, "1"));
}

static struct wr_attr
camunda_attr(struct wr_build *b, const struct wr_xml *e, const char *name)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(e, name, &ns);

    return v && *v ? wr_build_attr(b, e, ns, v) : (struct wr_attr){ 0 };
}

/* calledElement is a QName: the prefix only says which file it was drawn in. */
static const char *
local_name(struct wr_build *b, const char *text)
{
    const char *s = wr_xml_trim(b->arena, text), *colon = strrchr(s, ':');

    return colon && !wr_expr_has_marks(s) && *s != '=' ? colon + 1 : s;
}

/* ---- in and out ---- */

static void
add_map(struct wr_build *b, struct maps *m, const struct wr_xml *x, bool local)
{
    const char *source = wr_xml_attr(x, "source");
    const char *expression = wr_xml_attr(x, "sourceExpression");
    const char *target = wr_xml_attr(x, "target");
    struct wr_call_map map = { .target = target, .local = local };

    if (!target || !*target) {
        wr_build_found(b, WR_F_BAD_MAPPING, x, "'%s' without a target",
                       x->name);
        return;
    }
    if (source && *source) {
        map.source = source;
    } else if (expression && *expression) {
        struct wr_attr attr = wr_build_attr(b, x, x->ns, expression);

        map.expr = attr.expr;
        map.constant = attr.expr ? NULL : wr_value_string(b->arena, attr.text);
    } else {
        wr_build_found(b, WR_F_BAD_MAPPING, x, "'%s' without a source",
                       x->name);
        return;
    }
    m->items[m->n++] = map;
}

static void
read_map(struct wr_build *b, struct maps *m, const struct wr_xml *x)
{
    const char *all = wr_xml_attr(x, "variables");
    const char *key = wr_xml_attr(x, "businessKey");
    bool local = is_true(wr_xml_attr(x, "local"));

    if (key && *key) {
        m->business_key = wr_build_attr(b, x, x->ns, key);
    } else if (all && !strcmp(all, "all")) {
        m->all = true;
        m->all_local = local;
    } else {
        add_map(b, m, x, local);
    }
}

/* <camunda:in>, <flowable:in> and the like, in the order of the file. */
static struct maps
read_maps(struct wr_build *b, const struct wr_xml *e, const char *name)
{
    const struct wr_xml *list = e->extensions;
    struct maps m = { 0 };
    int max = 0;

    for (const struct wr_xml *c = list ? list->first : NULL; c; c = c->next)
        max++;
    m.items = wr_newn(b->arena, struct wr_call_map, max);
    for (const struct wr_xml *c = list ? list->first : NULL; c; c = c->next) {
        if ((c->ns == WR_NS_CAMUNDA || c->ns == WR_NS_FLOWABLE)
            && !strcmp(c->name, name))
            read_map(b, &m, c);
    }

    return m;
}

/* ---- which version ---- */

static void
check_version(struct wr_build *b, const struct wr_xml *e, struct wr_attr v)
{
    if (!v.text || !*v.text)
        wr_build_found(b, WR_F_BAD_NUMBER, e,
                       "calledElementBinding 'version' without "
                       "calledElementVersion");
    else if (!v.expr
             && (strspn(v.text, "0123456789") != strlen(v.text)
                 || strtol(v.text, NULL, 10) < 1))
        wr_build_found(b, WR_F_BAD_NUMBER, e,
                       "called version '%.60s' is no whole number from 1",
                       v.text);
}

static void
camunda_binding(struct wr_build *b, struct wr_call_def *c,
                const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *binding = wr_build_camunda(e, "calledElementBinding", &ns);

    if (is_true(wr_build_camunda(e, "sameDeployment", &ns)))
        c->binding = WR_BIND_DEPLOYMENT;
    if (!binding || !strcmp(binding, "latest"))
        return;
    if (!strcmp(binding, "deployment")) {
        c->binding = WR_BIND_DEPLOYMENT;
    } else if (!strcmp(binding, "version")) {
        c->binding = WR_BIND_VERSION;
        c->version = camunda_attr(b, e, "calledElementVersion");
        check_version(b, e, c->version);
    } else if (!strcmp(binding, "versionTag")) {
        c->binding = WR_BIND_TAG;
        c->version = camunda_attr(b, e, "calledElementVersionTag");
    } else {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'calledElementBinding=%.40s'",
                       binding);
    }
}

static void
zeebe_binding(struct wr_build *b, struct wr_call_def *c, const struct wr_xml *x)
{
    const char *binding = wr_xml_attr(x, "bindingType");

    if (!binding || !strcmp(binding, "latest"))
        return;
    if (!strcmp(binding, "deployment")) {
        c->binding = WR_BIND_DEPLOYMENT;
    } else if (!strcmp(binding, "versionTag")) {
        c->binding = WR_BIND_TAG;
        c->version = wr_build_attr(b, x, WR_NS_ZEEBE,
                                   wr_xml_attr(x, "versionTag"));
    } else {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, x,
                       "unsupported attribute 'bindingType=%.40s'", binding);
    }
}

/* ---- */

static bool
says_no(const struct wr_xml *x, const char *name)
{
    const char *v = x ? wr_xml_attr(x, name) : NULL;

    return v && (!strcmp(v, "false") || !strcmp(v, "0"));
}

static void
read_zeebe(struct wr_build *b, struct wr_call_def *c, const struct wr_xml *x)
{
    const char *process = x ? wr_xml_attr(x, "processId") : NULL;
    const char *key = x ? wr_xml_attr(x, "businessId") : NULL;

    c->all_in = !says_no(x, "propagateAllParentVariables");
    c->all_out = !says_no(x, "propagateAllChildVariables");
    c->local_in = true;
    if (!x)
        return;
    if (process && *process)
        c->process = wr_build_attr(b, x, WR_NS_ZEEBE, process);
    if (key && *key)
        c->business_key = wr_build_attr(b, x, WR_NS_ZEEBE, key);
    zeebe_binding(b, c, x);
}

/* Tenants are numbers; an expression may give it, or nothing. */
static void
read_tenant(struct wr_build *b, struct wr_call_def *c, const struct wr_xml *e)
{
    struct wr_attr t = camunda_attr(b, e, "calledElementTenantId");

    if (t.text && !t.expr && strspn(t.text, "0123456789") != strlen(t.text))
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'calledElementTenantId=%.40s':"
                       " a process calls those of its own tenant",
                       t.text);
    c->tenant = t;
}

static void
read_camunda(struct wr_build *b, struct wr_call_def *c, const struct wr_xml *e)
{
    struct maps in = read_maps(b, e, "in"), out = read_maps(b, e, "out");
    enum wr_ns ns;
    const char *type = wr_build_camunda(e, "calledElementType", &ns);

    if (type && strcmp(type, "key") != 0)
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'calledElementType=%.40s'", type);
    c->in = in.items;
    c->n_in = in.n;
    c->out = out.items;
    c->n_out = out.n;
    c->all_in |= in.all
                 || is_true(wr_build_camunda(e, "inheritVariables", &ns));
    c->all_in_local = in.all_local;
    c->all_out |= out.all;
    c->all_out_local = out.all_local;
    c->inherit_key = is_true(wr_build_camunda(e, "inheritBusinessKey", &ns));
    read_tenant(b, c, e);
    if (in.business_key.text)
        c->business_key = in.business_key;
    else if (!c->business_key.text)
        c->business_key = camunda_attr(b, e, "businessKey");
    camunda_binding(b, c, e);
}

void
wr_build_call(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    struct wr_call_def *c = wr_new(b->arena, struct wr_call_def);
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE,
                                                "calledElement");
    const char *called = wr_xml_attr(e, "calledElement");
    const char *propagate = wr_build_property(e, "propagate");

    n->call = c;
    if (called && *called)
        c->process = wr_build_attr(b, e, WR_NS_NONE, local_name(b, called));
    if (x || b->dialect == WR_DIALECT_ZEEBE)
        read_zeebe(b, c, x);
    read_camunda(b, c, e);
    c->forgets = propagate && !strcmp(propagate, "false");
    if (wr_xml_child(e, WR_NS_BPMN, "dataInputAssociation"))
        c->local_in = true;
    if (!c->process.text || !*c->process.text)
        wr_build_found(b, WR_F_NO_CALLED, e, "'%s' does not say what it calls",
                       n->id);
}

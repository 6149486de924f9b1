/*
 * form.c: which form a user task or start event names, in the words of each
 * dialect.
 */

#include <stdlib.h>
#include <string.h>

#include "engine/model/build.h"

static struct wr_form_ref *
ref(struct wr_build *b, struct wr_node *n, enum wr_form_source source,
    const char *key)
{
    struct wr_form_ref *r = wr_new(b->arena, struct wr_form_ref);

    *r = (struct wr_form_ref){
        .source = source,
        .key = key ? wr_xml_trim(b->arena, key) : NULL,
        .binding = WR_BIND_LATEST,
    };
    n->form = r;

    return r;
}

static bool
is_expression(const char *text)
{
    return wr_expr_has_marks(text) || *text == '=';
}

/* A reference that is told when the process runs names no form that could be
 * looked for. */
static bool
is_fixed(struct wr_build *b, const struct wr_xml *e, const char *attr,
         const char *text)
{
    if (!is_expression(text))
        return true;
    wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                   "unsupported attribute '%s=%.60s' of '%s': a form is named "
                   "by its key",
                   attr, text, e->name);

    return false;
}

/* ---- forms inside the process: zeebe:userTaskForm ---- */

static const struct wr_xml *
find_embedded(const struct wr_xml *process, const char *id)
{
    const struct wr_xml *x = wr_build_extension(process, WR_NS_ZEEBE,
                                                "userTaskForm");

    while (x
           && (!wr_xml_attr(x, "id") || strcmp(wr_xml_attr(x, "id"), id) != 0))
        x = wr_xml_next(x, WR_NS_ZEEBE, "userTaskForm");

    return x;
}

static void
embedded(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
         const char *key, const char *id)
{
    const struct wr_xml *x = find_embedded(b->process, id);
    struct wr_form *form = wr_new(b->arena, struct wr_form);
    struct wr_form_ref *r;
    struct wr_err err;

    if (!x) {
        ref(b, n, WR_FORM_ELSEWHERE, key);
        wr_build_found(b, WR_F_NO_FORM, e,
                       "the process has no zeebe:userTaskForm '%.100s'", id);
        return;
    }
    if (wr_form_parse(b->arena, NULL, x->text, strlen(x->text), form, &err)
        < 0) {
        wr_build_found(b, WR_F_BAD_FORM, x, "form '%.80s': %s", id, err.text);
        return;
    }
    r = ref(b, n, WR_FORM_OWN, key);
    r->own = form;
}

/* ---- keys ---- */

/* What is in front of a key says where the form is. */
static void
by_key(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
       const char *key)
{
    static const char in_model[] = "camunda-forms:bpmn:";
    static const char in_deployment[] = "camunda-forms:deployment:";
    static const char html[] = "embedded:";

    key = wr_xml_trim(b->arena, key);
    if (strncmp(key, in_model, strlen(in_model)) == 0)
        embedded(b, n, e, key, key + strlen(in_model));
    else if (strncmp(key, in_deployment, strlen(in_deployment)) == 0)
        ref(b, n, WR_FORM_BY_FILE, key + strlen(in_deployment));
    else if (is_expression(key) || strncmp(key, html, strlen(html)) == 0)
        ref(b, n, WR_FORM_ELSEWHERE, key);
    else
        ref(b, n, WR_FORM_BY_NAME, key);
}

static void
bind(struct wr_build *b, struct wr_form_ref *r, const struct wr_xml *e,
     const char *binding, const char *version)
{
    char *end = NULL;
    long n;

    if (!binding || !*binding || strcmp(binding, "latest") == 0)
        return;
    if (strcmp(binding, "deployment") == 0) {
        r->binding = WR_BIND_DEPLOYMENT;
        return;
    }
    if (strcmp(binding, "version") != 0) {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported binding '%.40s' of form '%.80s'", binding,
                       r->key);
        return;
    }
    n = version ? strtol(version, &end, 10) : 0;
    if (!end || end == version || *end || n < 1 || n > INT32_MAX) {
        wr_build_found(b, WR_F_BAD_NUMBER, e,
                       "the version '%.40s' of form '%.80s' is no number from "
                       "1",
                       version ? version : "", r->key);
        return;
    }
    r->binding = WR_BIND_VERSION;
    r->version = (int32_t)n;
}

static bool
zeebe(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE,
                                                "formDefinition");
    const char *id = x ? wr_xml_attr(x, "formId") : NULL;
    const char *key = x ? wr_xml_attr(x, "formKey") : NULL;
    const char *external = x ? wr_xml_attr(x, "externalReference") : NULL;

    if (id && *id && is_fixed(b, x, "formId", id))
        bind(b, ref(b, n, WR_FORM_BY_KEY, id), x, wr_xml_attr(x, "bindingType"),
             NULL);
    else if (key && *key)
        by_key(b, n, x, key);
    else if (external && *external)
        ref(b, n, WR_FORM_ELSEWHERE, external);

    return x != NULL;
}

static bool
camunda(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const char *binding, *version, *key, *form;
    enum wr_ns ns;

    form = wr_build_camunda(e, "formRef", &ns);
    binding = wr_build_camunda(e, "formRefBinding", &ns);
    version = wr_build_camunda(e, "formRefVersion", &ns);
    key = wr_build_camunda(e, "formKey", &ns);
    if (form && *form && is_fixed(b, e, "formRef", form))
        bind(b, ref(b, n, WR_FORM_BY_KEY, form), e, binding, version);
    else if (key && *key)
        by_key(b, n, e, key);

    return (form && *form) || (key && *key);
}

/* spiffworkflow:properties name the file. */
static bool
spiff(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_SPIFF, "properties");

    x = x ? wr_xml_child(x, WR_NS_SPIFF, "property") : NULL;
    for (; x; x = wr_xml_next(x, WR_NS_SPIFF, "property")) {
        const char *name = wr_xml_attr(x, "name");
        const char *value = wr_xml_attr(x, "value");

        if (!name || !value || !*value
            || strcmp(name, "formJsonSchemaFilename") != 0)
            continue;
        ref(b, n, WR_FORM_BY_FILE, value);
        return true;
    }

    return false;
}

void
wr_build_form(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    struct wr_form form = { 0 };
    struct wr_form_ref *r;

    if (zeebe(b, n, e) || camunda(b, n, e) || spiff(b, n, e)
        || !wr_build_form_data(b, e, &form))
        return;
    r = ref(b, n, WR_FORM_OWN, NULL);
    r->own = wr_arena_memdup(b->arena, &form, sizeof(form));
}

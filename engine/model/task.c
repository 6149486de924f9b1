/* task.c: what tasks do, in the words of each dialect. */

#include <stdlib.h>
#include <string.h>

#include "engine/base/retry.h"
#include "engine/model/build.h"
#include "engine/model/timer.h"

static bool
is_handled(struct wr_build *b, const struct wr_node *n)
{
    const struct wr_bpmn_options *o = b->options;

    return o->handled && o->handled(o->data, n->id, n->script_text);
}

/* Attribute of camunda or flowable as wr_attr. */
static struct wr_attr
camunda_attr(struct wr_build *b, const struct wr_xml *e, const char *name)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(e, name, &ns);

    return wr_build_attr(b, e, ns, v);
}

static struct wr_attr
zeebe_attr(struct wr_build *b, const struct wr_xml *e, const char *element,
           const char *name)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE, element);

    if (!x)
        return (struct wr_attr){ 0 };

    return wr_build_attr(b, x, WR_NS_ZEEBE, wr_xml_attr(x, name));
}

static struct wr_attr
either(struct wr_attr first, struct wr_attr second)
{
    return first.text ? first : second;
}

static bool
is_whole(const char *s)
{
    if (*s == '-')
        s++;

    return *s && strspn(s, "0123456789") == strlen(s) && strlen(s) < 10;
}

static void
check_whole(struct wr_build *b, const struct wr_xml *e, const char *what,
            struct wr_attr attr)
{
    if (attr.text && *attr.text && !attr.expr && !is_whole(attr.text))
        wr_build_found(b, WR_F_BAD_NUMBER, e, "%s '%.60s' is no whole number",
                       what, attr.text);
}

/* People's own: an order from 0. */
static void
check_priority(struct wr_build *b, const struct wr_xml *e, struct wr_attr attr)
{
    if (attr.text && *attr.text == '-' && !attr.expr && is_whole(attr.text))
        wr_build_found(b, WR_F_BAD_NUMBER, e,
                       "priority '%.60s' is no whole number from 0", attr.text);
    else
        check_whole(b, e, "priority", attr);
}

static void
check_instant(struct wr_build *b, const struct wr_xml *e, const char *what,
              struct wr_attr attr)
{
    if (attr.text && *attr.text && !attr.expr && !wr_timer_is_date(attr.text)
        && !wr_timer_is_duration(attr.text))
        wr_build_found(b, WR_F_BAD_TIMER, e,
                       "%s '%.60s' is neither date and time nor duration", what,
                       attr.text);
}

/* flowable calls what due dates go by anyway "dueDate". */
static void
check_calendar(struct wr_build *b, const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *name = wr_build_camunda(e, "businessCalendarName", &ns);

    if (name && *name && strcmp(name, "dueDate") != 0)
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'businessCalendarName=%.40s' of"
                       " '%s'",
                       name, e->name);
}

void
wr_build_user_task(struct wr_build *b, struct wr_node *n,
                   const struct wr_xml *e)
{
    struct wr_task_def *t = wr_new(b->arena, struct wr_task_def);

    n->task = t;
    t->assignee = either(zeebe_attr(b, e, "assignmentDefinition", "assignee"),
                         camunda_attr(b, e, "assignee"));
    t->candidate_users = either(
        zeebe_attr(b, e, "assignmentDefinition", "candidateUsers"),
        camunda_attr(b, e, "candidateUsers"));
    t->candidate_groups = either(
        zeebe_attr(b, e, "assignmentDefinition", "candidateGroups"),
        camunda_attr(b, e, "candidateGroups"));
    t->due = either(zeebe_attr(b, e, "taskSchedule", "dueDate"),
                    camunda_attr(b, e, "dueDate"));
    t->follow_up = either(zeebe_attr(b, e, "taskSchedule", "followUpDate"),
                          camunda_attr(b, e, "followUpDate"));
    t->priority = either(zeebe_attr(b, e, "priorityDefinition", "priority"),
                         camunda_attr(b, e, "priority"));
    t->id_variable = camunda_attr(b, e, "taskIdVariableName");
    check_calendar(b, e);
    check_priority(b, e, t->priority);
    check_instant(b, e, "due date", t->due);
    check_instant(b, e, "follow-up date", t->follow_up);
    wr_build_form(b, n, e);
    t->form_key = n->form ? n->form->key : NULL;
    wr_build_people(b, t, e);
    wr_build_lane_group(b, t, n);
}

static const char *
result_variable(const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(e, "resultVariable", &ns);

    return v ? v : wr_build_camunda(e, "resultVariableName", &ns);
}

static void
zeebe_script(struct wr_build *b, struct wr_node *n, const struct wr_xml *x)
{
    const char *text = wr_xml_attr(x, "expression");

    n->result_variable = wr_xml_attr(x, "resultVariable");
    if (!text || !*text) {
        wr_build_found(b, WR_F_NO_SCRIPT, x, NULL);
        return;
    }
    text = wr_xml_trim(b->arena, text);
    n->script_text = text;
    if (!is_handled(b, n))
        n->script = wr_build_expr(b, x, WR_LANG_FEEL, text + (*text == '='));
}

void
wr_build_script_task(struct wr_build *b, struct wr_node *n,
                     const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE, "script");
    const struct wr_xml *s = wr_xml_child(e, WR_NS_BPMN, "script");
    const char *format = wr_xml_attr(e, wr_xml_is(e, "globalScriptTask")
                                            ? "scriptLanguage"
                                            : "scriptFormat");
    const char *resource = wr_xml_attr_ns(e, WR_NS_CAMUNDA, "resource"), *text;

    n->result_variable = result_variable(e);
    if (x) {
        zeebe_script(b, n, x);
        return;
    }
    n->script_text = s ? wr_xml_trim(b->arena, s->text) : "";
    if (is_handled(b, n))
        return;
    if (resource) {
        text = wr_build_resource(b, e, resource);
        n->script_text = text ? text : "";
        n->script = text ? wr_build_script(b, e, format, text) : NULL;
        return;
    }
    if (wr_build_extension(e, WR_NS_ZEEBE, "taskDefinition")) {
        wr_build_found(b, WR_F_UNSUPPORTED_ELEMENT, e,
                       "unsupported element 'taskDefinition' in 'scriptTask'");
        return;
    }
    if (!*n->script_text)
        wr_build_found(b, WR_F_NO_SCRIPT, e, NULL);
    else
        n->script = wr_build_script(b, s, format, n->script_text);
}

enum {
    MAX_HEADERS = 1000
};

static const struct wr_value *
context_of(struct wr_build *b, const struct wr_xml *list, enum wr_ns ns,
           const char *item, const char *key)
{
    struct wr_entry *entries;
    size_t n = 0, max = list ? wr_xml_count(list, ns, item) : 0;

    if (max > MAX_HEADERS) {
        wr_build_found(b, WR_F_TOO_LARGE, list, "%zu headers; at most %d", max,
                       MAX_HEADERS);
        max = 0;
        list = NULL;
    }
    entries = wr_newn(b->arena, struct wr_entry, max);
    if (!list)
        return wr_value_context(b->arena, entries, 0);
    for (const struct wr_xml *x = wr_xml_child(list, ns, item); x;
         x = wr_xml_next(x, ns, item)) {
        const char *name = wr_xml_attr(x, key), *v = wr_xml_attr(x, "value");
        size_t at = 0;

        if (!name || !*name)
            continue;
        while (at < n && strcmp(entries[at].key, name) != 0)
            at++;
        entries[at].key = name;
        entries[at].value = wr_value_string(b->arena, v ? v : "");
        n += at == n;
    }

    return wr_value_context(b->arena, entries, n);
}

void
wr_build_retries(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    static const enum wr_ns spaces[] = { WR_NS_CAMUNDA, WR_NS_FLOWABLE };

    for (size_t i = 0; i < WR_COUNT(spaces); i++) {
        const struct wr_xml *x = wr_build_extension(e, spaces[i],
                                                    "failedJobRetryTimeCycle");
        const char *text = x ? wr_xml_trim(b->arena, x->text) : NULL;
        struct wr_retry rule;
        struct wr_err err;

        if (!text || !*text)
            continue;
        n->retries = wr_build_attr(b, x, spaces[i], text);
        if (!n->retries.expr && wr_retry_parse(text, &rule, &err) < 0)
            wr_build_found(b, WR_F_BAD_RETRY_CYCLE, x, "%s", err.text);
        return;
    }
}

static struct wr_job_def *
new_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
        struct wr_attr type)
{
    struct wr_job_def *job = wr_new(b->arena, struct wr_job_def);
    const struct wr_xml *process = b->process;

    job->type = type;
    job->headers = wr_value_context(b->arena, NULL, 0);
    job->priority = either(camunda_attr(b, e, "taskPriority"),
                           camunda_attr(b, process, "taskPriority"));
    job->priority = either(job->priority, camunda_attr(b, e, "jobPriority"));
    check_whole(b, e, "priority", job->priority);
    n->job = job;

    return job;
}

static void
zeebe_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
          const struct wr_xml *x)
{
    const char *type = wr_xml_attr(x, "type");
    const char *retries = wr_xml_attr(x, "retries");
    struct wr_job_def *job;

    if (!type || !*type) {
        wr_build_found(b, WR_F_NO_IMPLEMENTATION, x,
                       "a taskDefinition without type");
        return;
    }
    job = new_job(b, n, e, wr_build_attr(b, x, WR_NS_ZEEBE, type));
    job->retries = wr_build_attr(b, x, WR_NS_ZEEBE, retries);
    job->priority = either(
        zeebe_attr(b, e, "jobPriorityDefinition", "priority"),
        zeebe_attr(b, b->process, "jobPriorityDefinition", "priority"));
    check_whole(b, x, "priority", job->priority);
    check_whole(b, x, "retries", job->retries);
    job->headers = context_of(b,
                              wr_build_extension(e, WR_NS_ZEEBE, "taskHeaders"),
                              WR_NS_ZEEBE, "header", "key");
}

/* What a connector of camunda or an operator of spiffworkflow does, a worker
 * does here; its parameters are mappings (mapping.c). */
static bool
connected_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    const struct wr_xml *c = wr_build_extension(e, WR_NS_CAMUNDA, "connector");
    const struct wr_xml *o = wr_build_extension(e, WR_NS_SPIFF,
                                                "serviceTaskOperator");
    const struct wr_xml *id = c ? wr_xml_child(c, WR_NS_CAMUNDA, "connectorId")
                                : NULL;
    const char *type = id  ? wr_xml_trim(b->arena, id->text)
                       : o ? wr_xml_attr(o, "id")
                           : NULL;

    if (!type || !*type)
        return false;
    wr_build_found(b, WR_F_FOREIGN_CODE, c ? c : o,
                   "'%.200s' becomes a job of that type: a worker has to do it",
                   type);
    new_job(b, n, e, (struct wr_attr){ .text = type });
    if (o && wr_xml_attr(o, "resultVariable"))
        n->result_variable = wr_xml_attr(o, "resultVariable");

    return true;
}

static bool
pythmata_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    static const char *const names[] = { "serviceTaskConfig",
                                         "ServiceTaskConfig" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        const struct wr_xml *x = wr_build_extension(e, WR_NS_PYTHMATA,
                                                    names[i]);
        const char *type = x ? wr_xml_attr(x, "taskName") : NULL;
        struct wr_job_def *job;

        if (!type || !*type)
            continue;
        job = new_job(b, n, e, (struct wr_attr){ .text = type });
        job->headers = context_of(b,
                                  wr_xml_child(x, WR_NS_PYTHMATA, "properties"),
                                  WR_NS_PYTHMATA, "property", "name");
        return true;
    }

    return false;
}

/* type="external" and a topic; other types are built-in services. */
static bool
typed_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *type = wr_build_camunda(e, "type", &ns);
    const char *topic;

    if (!type)
        return false;
    topic = wr_build_camunda(e, "topic", &ns);
    if (strcmp(type, "external") != 0 && strcmp(type, "external-worker") != 0)
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'type=%.40s' of '%s'", type,
                       e->name);
    else if (!topic || !*topic)
        wr_build_found(b, WR_F_NO_IMPLEMENTATION, e,
                       "an external task without topic");
    else
        new_job(b, n, e, wr_build_attr(b, e, ns, topic));

    return true;
}

static void
foreign(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
        const char *what, const char *text)
{
    wr_build_found(b, WR_F_FOREIGN_CODE, e,
                   "%s '%.200s' becomes a job of that type: a worker has "
                   "to do it",
                   what, text);
    new_job(b, n, e, (struct wr_attr){ .text = text });
}

/* Java classes and beans become jobs; "${bean}" names the bean. */
static bool
foreign_job(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    static const char *const names[] = { "class", "delegateExpression" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        enum wr_ns ns;
        const char *v = wr_build_camunda(e, names[i], &ns);

        if (!v || !*v)
            continue;
        foreign(b, n, e, names[i], v);
        return true;
    }

    return false;
}

/* Does it call what only its own engine has: a bean, a function? */
static bool
is_foreign(struct wr_build *b, const char *text)
{
    const struct wr_expr *ignored;
    struct wr_err err;

    return wr_expr_parse(b->arena, WR_LANG_JUEL, text, strlen(text), &ignored,
                         &err)
               == WR_EUNSUPPORTED
           && strncmp(text + 2 + strspn(text + 2, " \t\r\n"), "execution.", 10)
                  != 0;
}

static bool
expression(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    enum wr_ns ns;
    const char *v = wr_build_camunda(e, "expression", &ns), *value = NULL;
    const char *variable = NULL;
    bool marked, local = false;

    if (!v)
        return false;
    v = wr_xml_trim(b->arena, v);
    n->script_text = v;
    marked = wr_expr_has_marks(v);
    if (marked && !n->result_variable)
        value = wr_build_assigned(b, v, &variable, &local);
    if (value && !local) {
        n->result_variable = variable;
        n->script = wr_build_expr(b, e, WR_LANG_JUEL, value);
    } else if (marked && is_foreign(b, v)) {
        foreign(b, n, e, "expression", v);
    } else if (marked || n->result_variable) {
        n->script = wr_build_expr(b, e, WR_LANG_JUEL, v);
    }

    return true;
}

bool
wr_build_send(struct wr_build *b, struct wr_node *n, const struct wr_xml *e,
              const struct wr_xml *d)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE,
                                                "taskDefinition");

    n->result_variable = result_variable(e);
    if (is_handled(b, n))
        return true;
    if (x) {
        zeebe_job(b, n, e, x);
        return true;
    }

    return typed_job(b, n, d) || foreign_job(b, n, d) || pythmata_job(b, n, e)
           || connected_job(b, n, e);
}

/* What flowable says of a service task beyond camunda. */
static void
read_flowable(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    n->result_transient = n->result_variable
                          && wr_build_flag(e, "storeResultVariableAsTransient");
    n->result_local = n->result_variable
                      && wr_build_flag(e, "useLocalScopeForResultVariable");
    if (!wr_build_flag(e, "triggerable"))
        return;
    if (n->kind != WR_SERVICE_TASK) {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, e,
                       "unsupported attribute 'triggerable' of '%s'", e->name);
        return;
    }
    n->triggerable = true;
    n->event.trigger = WR_TRIGGER_MESSAGE;
    n->event.name = (struct wr_attr){ .text = n->id };
}

void
wr_build_service_task(struct wr_build *b, struct wr_node *n,
                      const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_ZEEBE,
                                                "taskDefinition");

    n->result_variable = result_variable(e);
    read_flowable(b, n, e);
    if (is_handled(b, n))
        return;
    if (wr_build_decision(b, n, e))
        return;
    if (x) {
        zeebe_job(b, n, e, x);
        return;
    }
    if (typed_job(b, n, e) || foreign_job(b, n, e) || expression(b, n, e)
        || pythmata_job(b, n, e) || connected_job(b, n, e))
        return;
    wr_build_found(b, WR_F_NO_IMPLEMENTATION, e,
                   "'%s' says nothing of what to do: give it a "
                   "%szeebe:taskDefinition or camunda:type=\"external\" with a "
                   "topic",
                   n->id,
                   n->kind == WR_BUSINESS_RULE_TASK
                       ? "zeebe:calledDecision, a camunda:decisionRef, a "
                       : "");
}

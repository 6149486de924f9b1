/*
 * data.c: data objects, properties, inputs, outputs and the associations
 * between them (BPMN 2.0.2, 10.4).
 *
 * Each stands for a variable of its name; one without a name, of its id.  A
 * data object without a name is called as the first reference to it.  Where an
 * association only draws a line to an activity it changes nothing.
 */

#include <string.h>

#include "engine/base/time.h"
#include "engine/model/build.h"

static const char *
own_name(const struct wr_xml *e)
{
    const char *name = wr_xml_attr(e, "name");

    return name && *name ? name : NULL;
}

static const struct wr_xml *
referred(struct wr_build *b, const struct wr_xml *e, const char *attr,
         const char *name)
{
    const char *ref = wr_xml_attr(e, attr);
    const struct wr_xml *to = ref ? wr_xml_ref(b->doc, e, ref, NULL) : NULL;

    return wr_xml_is(to, name) ? to : NULL;
}

const char *
wr_build_data_name(struct wr_build *b, const struct wr_xml *e)
{
    const struct wr_xml *to = NULL;
    const char *name;

    if (wr_xml_is(e, "dataObjectReference"))
        to = referred(b, e, "dataObjectRef", "dataObject");
    else if (wr_xml_is(e, "dataStoreReference"))
        to = referred(b, e, "dataStoreRef", "dataStore");
    if (to && own_name(to))
        return own_name(to);
    if (wr_xml_is(to, "dataObject"))
        e = to;
    name = own_name(e);
    if (!name && b->data_names[e->order])
        name = b->data_names[e->order];

    return name ? name : e->id;
}

/* What the references to a nameless data object call it. */
static void
name_objects(struct wr_build *b)
{
    const struct wr_xml *e = b->process;

    for (; e; e = wr_xml_walk(b->process, e)) {
        const struct wr_xml *to = NULL;

        if (wr_xml_is(e, "dataObjectReference"))
            to = referred(b, e, "dataObjectRef", "dataObject");
        if (to && own_name(e) && !b->data_names[to->order])
            b->data_names[to->order] = own_name(e);
    }
}

/* ---- what a scope declares ---- */

static bool
is_one_of(const char *name, const char *names)
{
    const char *s = strstr(names, name);
    size_t len = strlen(name);

    return len && s && (s == names || s[-1] == ' ')
           && (s[len] == ' ' || s[len] == '\0');
}

/* The type that itemSubjectRef names, or the structure of the item it names,
 * without its prefix. */
static const char *
type_of(struct wr_build *b, const struct wr_xml *e)
{
    const struct wr_xml *item = referred(b, e, "itemSubjectRef",
                                         "itemDefinition");
    const char *type = item ? wr_xml_attr(item, "structureRef")
                            : wr_xml_attr(e, "itemSubjectRef");
    const char *colon = type ? strrchr(type, ':') : NULL;

    if (!type)
        return "";

    return colon ? colon + 1 : type;
}

static const struct wr_value *
typed(struct wr_build *b, const struct wr_xml *e, const struct wr_xml *at,
      const char *text)
{
    const char *type = type_of(b, e);
    const struct wr_value *v = NULL;
    struct wr_decimal n;
    struct wr_err err;

    if (is_one_of(type, "boolean Boolean")
        && (!strcmp(text, "true") || !strcmp(text, "false")))
        return wr_value_bool(!strcmp(text, "true"));
    if (is_one_of(type, "int integer Integer long Long short double Double"
                        " float Float decimal")) {
        if (wr_decimal_parse(text, strlen(text), &n, &err) == 0)
            return wr_value_number(b->arena, n);
    } else if (is_one_of(type, "datetime dateTime")) {
        if (wr_datetime_parse(b->arena, text, strlen(text), &v, &err) == 0)
            return v;
    } else if (!is_one_of(type, "boolean Boolean")) {
        return wr_value_string(b->arena, text);
    }
    wr_build_found(b, WR_F_BAD_MAPPING, at, "the value '%.100s' is no %s", text,
                   type);

    return &wr_null;
}

/* flowable:value; NULL: none. */
static const struct wr_value *
initial(struct wr_build *b, const struct wr_xml *e)
{
    const struct wr_xml *x = wr_build_extension(e, WR_NS_FLOWABLE, "value");

    return x ? typed(b, e, x, wr_xml_trim(b->arena, x->text)) : NULL;
}

/* Files of Camunda draw data objects: there they are no variables. */
static bool
is_contract(const struct wr_build *b)
{
    return b->dialect != WR_DIALECT_CAMUNDA && b->dialect != WR_DIALECT_ZEEBE;
}

/* bpmn-js needs something to point at. */
static bool
is_placeholder(const char *name)
{
    return !strcmp(name, "__targetRef_placeholder");
}

static void
declare(struct wr_build *b, const struct wr_xml *e, struct wr_data *list,
        int *n)
{
    struct wr_data d;

    if (!wr_xml_is(e, "dataObject") && !wr_xml_is(e, "property"))
        return;
    d.initial = initial(b, e);
    d.name = wr_build_data_name(b, e);
    if (!d.name || !*d.name || is_placeholder(d.name)
        || (!d.initial && !is_contract(b)))
        return;
    for (int k = 0; k < *n; k++) {
        if (!strcmp(list[k].name, d.name)) /* drawn twice */
            return;
    }
    list[(*n)++] = d;
}

enum {
    MAX_DECLARED = 1000
};

static int
count(const struct wr_xml *e, const char *name)
{
    return wr_xml_count(e, WR_NS_BPMN, name);
}

const struct wr_data *
wr_build_declared(struct wr_build *b, const struct wr_xml *e, int *n)
{
    int max = count(e, "dataObject") + count(e, "property");
    struct wr_data *list;

    *n = 0;
    if (max == 0)
        return NULL;
    if (max > MAX_DECLARED) {
        wr_build_found(b, WR_F_TOO_LARGE, e,
                       "%d data objects and properties; at most %d", max,
                       MAX_DECLARED);
        return NULL;
    }
    list = wr_newn(b->arena, struct wr_data, max);
    for (const struct wr_xml *c = e->first; c; c = c->next)
        declare(b, c, list, n);

    return list;
}

void
wr_build_data(struct wr_build *b)
{
    name_objects(b);
    for (int i = 0; i < b->n_scopes; i++) {
        struct wr_scope *s = &b->scopes[i];

        s->data = wr_build_declared(b, b->scope_xml[i], &s->n_data);
    }
}

/* ---- associations ---- */

enum end {
    END_VARIABLE,
    END_DRAWN, /* a line to the activity itself, or to a placeholder */
};

/* The variable at one end of an association. */
static enum end
end_of(struct wr_build *b, const struct wr_xml *ref, const char **name)
{
    const char *text = ref ? wr_xml_trim(b->arena, ref->text) : "";
    const struct wr_xml *e = *text ? wr_xml_ref(b->doc, ref, text, NULL) : NULL;

    if (!*text || (e && !(e->is & WR_IS_DATA)))
        return END_DRAWN;
    *name = e ? wr_build_data_name(b, e) : text;
    if (wr_xml_is(e, "dataStoreReference") || wr_xml_is(e, "dataStore"))
        wr_build_found(b, WR_F_IGNORED, ref,
                       "the data store '%.100s' is a variable of the instance"
                       " here: others do not see it",
                       *name);

    return is_placeholder(*name) ? END_DRAWN : END_VARIABLE;
}

struct reader {
    struct wr_build *b;
    bool literal; /* bare text of <from> is a text, as jBPM has it */
    struct wr_data_map *items;
    int n;
};

static bool
names_drools(const struct wr_xml *e)
{
    for (const struct wr_xml_prefix *p = e->prefixes; p; p = p->outer) {
        if (p->ns == WR_NS_DROOLS)
            return true;
    }

    return false;
}

static void
set_value(struct reader *r, struct wr_data_map *m, const struct wr_xml *e)
{
    struct wr_build *b = r->b;
    const char *text = wr_xml_trim(b->arena, e->text);

    if (r->literal && !wr_expr_has_marks(text))
        m->constant = wr_value_string(b->arena, text);
    else
        m->expr = wr_build_condition(b, e);
    if (!m->expr && !m->constant)
        m->constant = &wr_null; /* reported */
}

/* <to>: the target, or a member of it. */
static const char *
member_of(struct reader *r, const struct wr_xml *to, const char *target)
{
    const char *text = to ? wr_xml_trim(r->b->arena, to->text) : "", *dot;
    size_t len = strcspn(text, ".");
    const char *first = wr_arena_strndup(r->b->arena, text, len);
    const struct wr_xml *e = len ? wr_xml_ref(r->b->doc, to, first, NULL)
                                 : NULL;

    dot = text[len] ? text + len + 1 : NULL;
    if (!strcmp(text, target))
        return NULL;
    if (!strcmp(first, target) || (e && (e->is & WR_IS_DATA)))
        return dot;
    if (strpbrk(text, "/()[]{} ")) {
        wr_build_found(r->b, WR_F_BAD_MAPPING, to,
                       "'%.100s' names neither the target nor a member of it",
                       text);
        return NULL;
    }
    return *text ? text : NULL;
}

static int
read_sources(struct reader *r, const struct wr_xml *e,
             const char *const **sources)
{
    int n = 0, max = count(e, "sourceRef");
    const char **names = wr_newn(r->b->arena, const char *, max);
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "sourceRef");

    for (; c; c = wr_xml_next(c, WR_NS_BPMN, "sourceRef")) {
        if (end_of(r->b, c, &names[n]) == END_VARIABLE)
            n++;
    }
    *sources = names;

    return n;
}

static void
read_association(struct reader *r, const struct wr_xml *e)
{
    const struct wr_xml *how = wr_xml_child(e, WR_NS_BPMN, "transformation");
    const struct wr_xml *part = wr_xml_child(e, WR_NS_BPMN, "assignment");
    struct wr_data_map m = { 0 };

    m.n_sources = read_sources(r, e, &m.sources);
    if (end_of(r->b, wr_xml_child(e, WR_NS_BPMN, "targetRef"), &m.target)
        == END_DRAWN)
        return;
    if (how || (!part && m.n_sources)) {
        struct wr_data_map all = m;

        if (how)
            set_value(r, &all, how);
        else if (m.n_sources > 1)
            wr_build_found(r->b, WR_F_BAD_MAPPING, e,
                           "several sources need a transformation");
        r->items[r->n++] = all;
    }
    for (; part; part = wr_xml_next(part, WR_NS_BPMN, "assignment")) {
        const struct wr_xml *from = wr_xml_child(part, WR_NS_BPMN, "from");
        struct wr_data_map one = m;

        if (!from) {
            wr_build_found(r->b, WR_F_BAD_MAPPING, part,
                           "an assignment without 'from'");
            continue;
        }
        set_value(r, &one, from);
        one.member = member_of(r, wr_xml_child(part, WR_NS_BPMN, "to"),
                               m.target);
        r->items[r->n++] = one;
    }
}

/* The associations of that name; `n` of them do something. */
static const struct wr_data_map *
read_all(struct wr_build *b, const struct wr_xml *e, const char *name, int *n)
{
    struct reader r = { .b = b, .literal = names_drools(e) };
    const struct wr_xml *first = wr_xml_child(e, WR_NS_BPMN, name);
    int max = 0;

    for (const struct wr_xml *c = first; c;
         c = wr_xml_next(c, WR_NS_BPMN, name))
        max += 1 + count(c, "assignment");
    r.items = wr_newn(b->arena, struct wr_data_map, max);
    for (const struct wr_xml *c = first; c;
         c = wr_xml_next(c, WR_NS_BPMN, name))
        read_association(&r, c);
    *n = r.n;

    return r.items;
}

/* ---- input sets ---- */

static bool
is_filled(const struct wr_io *io, const char *name)
{
    for (int k = 0; k < io->n_in; k++) {
        if (!strcmp(io->in[k].target, name))
            return true;
    }

    return false;
}

static bool
is_optional(const struct wr_xml *set, const char *id)
{
    const struct wr_xml *c = wr_xml_child(set, WR_NS_BPMN, "optionalInputRefs");

    while (c && strcmp(c->text, id) != 0)
        c = wr_xml_next(c, WR_NS_BPMN, "optionalInputRefs");

    return c;
}

/* What must be there before the activity starts: the inputs of the set that
 * something fills. */
static void
read_set(struct wr_build *b, struct wr_io *io, const struct wr_xml *set,
         struct wr_input_set *out)
{
    const struct wr_xml *c = wr_xml_child(set, WR_NS_BPMN, "dataInputRefs");
    const char **names = wr_newn(b->arena, const char *,
                                 count(set, "dataInputRefs"));

    out->names = names;
    for (; c; c = wr_xml_next(c, WR_NS_BPMN, "dataInputRefs")) {
        const char *id = wr_xml_trim(b->arena, c->text);
        const struct wr_xml *e = wr_xml_ref(b->doc, c, id, NULL);
        const char *name = e ? wr_build_data_name(b, e) : NULL;

        if (name && is_filled(io, name) && !is_optional(set, c->text))
            names[out->n++] = name;
    }
}

static void
read_sets(struct wr_build *b, struct wr_io *io, const struct wr_xml *e)
{
    const struct wr_xml *spec = wr_xml_child(e, WR_NS_BPMN, "ioSpecification");
    const struct wr_xml *in = spec ? spec : e, *c;
    struct wr_input_set *sets = wr_newn(b->arena, struct wr_input_set,
                                        count(in, "inputSet"));

    io->sets = sets;
    c = wr_xml_child(in, WR_NS_BPMN, "inputSet");
    for (; c; c = wr_xml_next(c, WR_NS_BPMN, "inputSet"))
        read_set(b, io, c, &sets[io->n_sets++]);
}

/* The one output of an event or receive task: what came in as a whole. */
static const char *
payload_of(const struct wr_node *n, const struct wr_xml *e,
           const struct wr_io *io)
{
    bool receives = n->kind == WR_RECEIVE_TASK || (e->is & WR_IS_CATCH);

    if (!receives || io->n_out == 0 || io->out[0].n_sources != 1)
        return NULL;
    for (int k = 1; k < io->n_out; k++) {
        if (io->out[k].n_sources != 1
            || strcmp(io->out[k].sources[0], io->out[0].sources[0]) != 0)
            return NULL;
    }

    return io->out[0].sources[0];
}

/* The value of a script is its one data output. */
static void
name_result(struct wr_node *n, const struct wr_io *io)
{
    if (n->kind == WR_SCRIPT_TASK && !n->result_variable && io->n_out == 1
        && io->out[0].n_sources == 1)
        n->result_variable = io->out[0].sources[0];
}

void
wr_build_io(struct wr_build *b, struct wr_node *n, const struct wr_xml *e)
{
    struct wr_io *io = wr_new(b->arena, struct wr_io);

    io->contract = is_contract(b);
    if (n->inner < 0) /* else they are the scope's */
        io->locals = wr_build_declared(b, e, &io->n_locals);
    io->in = read_all(b, e, "dataInputAssociation", &io->n_in);
    io->out = read_all(b, e, "dataOutputAssociation", &io->n_out);
    if (!io->n_locals && !io->n_in && !io->n_out)
        return;
    if (io->contract && !names_drools(e))
        read_sets(b, io, e);
    io->payload = payload_of(n, e, io);
    name_result(n, io);
    n->io = io;
}

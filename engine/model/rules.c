/* rules.c: walks the document once and asks every rule of an element. */

#include "engine/model/rules.h"

#include <string.h>

enum {
    BUDGET = 5000000
};

static const struct {
    const char *name; /* NULL: by bits */
    unsigned is;
    wr_rule_fn *fn;
} rules[] = {
#define WR_RULE(name, is, fn) { name, is, wr_rule_##fn },
#include "engine/model/rules.def"
#undef WR_RULE
};

void
wr_hit(struct wr_rules *r, enum wr_found id, const struct wr_xml *at)
{
    wr_found(r->findings, id, wr_xml_nearest_id(at), at->line, NULL);
}

bool
wr_rule_executable(const struct wr_xml *e)
{
    const struct wr_xml *p = wr_xml_is(e, "process")
                                 ? e
                                 : wr_xml_above_named(e, "process");

    return p && wr_xml_flag(p, "isExecutable", false);
}

int
wr_rule_n_in(const struct wr_rules *r, const struct wr_xml *e)
{
    return r->in_at[e->order + 1] - r->in_at[e->order];
}

int
wr_rule_n_out(const struct wr_rules *r, const struct wr_xml *e)
{
    return r->out_at[e->order + 1] - r->out_at[e->order];
}

const struct wr_rule_flow *
wr_rule_in(const struct wr_rules *r, const struct wr_xml *e, int i)
{
    return &r->flows[r->in[r->in_at[e->order] + i]];
}

const struct wr_rule_flow *
wr_rule_out(const struct wr_rules *r, const struct wr_xml *e, int i)
{
    return &r->flows[r->out[r->out_at[e->order] + i]];
}

/* Flows stand in document order. */
int
wr_rule_flow_index(const struct wr_rules *r, const struct wr_xml *e)
{
    int low = 0, high = r->n_flows - 1;

    while (low < high) {
        int mid = (low + high) / 2;

        if (r->flows[mid].e->order < e->order)
            low = mid + 1;
        else
            high = mid;
    }

    return low;
}

const struct wr_rule_flow *
wr_rule_flow_of(const struct wr_rules *r, const struct wr_xml *e)
{
    return &r->flows[wr_rule_flow_index(r, e)];
}

const struct wr_xml *
wr_rule_ref(const struct wr_rules *r, const struct wr_xml *e, const char *attr)
{
    const char *v = wr_xml_attr(e, attr);

    return v ? wr_xml_ref(r->doc, e, wr_xml_trim(r->arena, v), NULL) : NULL;
}

const struct wr_xml *
wr_rule_text_ref(const struct wr_rules *r, const struct wr_xml *e)
{
    return wr_xml_ref(r->doc, e, wr_xml_trim(r->arena, e->text), NULL);
}

const struct wr_xml *
wr_rule_definition(const struct wr_rules *r, const struct wr_xml *event,
                   const struct wr_xml **at)
{
    const struct wr_xml *c = *at ? (*at)->next : event->first;

    for (; c; c = c->next) {
        const struct wr_xml *d = c;

        if (wr_xml_is(c, "eventDefinitionRef"))
            d = wr_rule_text_ref(r, c);
        *at = c;
        if (d && (d->is & WR_IS_EVENT_DEF))
            return d;
    }

    return NULL;
}

int
wr_rule_n_definitions(const struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *at = NULL;
    int n = 0;

    while (wr_rule_definition(r, e, &at))
        n++;

    return n;
}

bool
wr_rule_has(const struct wr_rules *r, const struct wr_xml *event,
            const char *definition)
{
    const struct wr_xml *at = NULL, *d;

    while ((d = wr_rule_definition(r, event, &at))) {
        if (!strcmp(d->name, definition))
            return true;
    }

    return false;
}

/* "message timer" holds the name messageEventDefinition. */
static bool
holds(const char *names, const char *name)
{
    size_t len = strlen(name) - strlen("EventDefinition");

    for (const char *s = names; s; s = strchr(s, ' ')) {
        s += *s == ' ';
        if (!strncmp(s, name, len) && (s[len] == ' ' || s[len] == '\0'))
            return true;
    }

    return false;
}

bool
wr_rule_only(const struct wr_rules *r, const struct wr_xml *event,
             const char *names)
{
    const struct wr_xml *at = NULL, *d;

    while ((d = wr_rule_definition(r, event, &at))) {
        if (!holds(names, d->name))
            return false;
    }

    return true;
}

const struct wr_xml *
wr_rule_child(struct wr_rules *r, const struct wr_xml *e, const char *name)
{
    const struct wr_xml *c = e ? e->first : NULL;

    while (c && !wr_xml_is(c, name))
        c = r->budget-- > 0 ? c->next : NULL;

    return c;
}

bool
wr_rule_is_event_sub(const struct wr_xml *e)
{
    return e && (e->is & WR_IS_SUB)
           && wr_xml_flag(e, "triggeredByEvent", false);
}

bool
wr_rule_names(struct wr_rules *r, const struct wr_xml *e, const char *child,
              const struct wr_xml *what)
{
    for (const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, child); c;
         c = wr_xml_next(c, WR_NS_BPMN, child)) {
        if (r->budget-- <= 0 || wr_rule_text_ref(r, c) == what)
            return true;
    }

    return false;
}

/* Both ends of the associations, and what boundary events are attached to. */
static void
note(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *x, *y;

    if (wr_xml_is(e, "boundaryEvent")) {
        x = wr_rule_ref(r, e, "attachedToRef");
        if (x)
            r->has_boundary[x->order] = true;
    }
    if (!wr_xml_is(e, "association"))
        return;
    x = wr_rule_ref(r, e, "sourceRef");
    y = wr_rule_ref(r, e, "targetRef");
    if (!x || !y || !(x->is & WR_IS_NODE) || !(y->is & WR_IS_NODE))
        return;
    if (!r->partner[x->order])
        r->partner[x->order] = y;
    if (!r->partner[y->order])
        r->partner[y->order] = x;
}

/* Flows that <incoming> and <outgoing> name at the right end. */
static void
note_listed(struct wr_rules *r, const struct wr_xml *e)
{
    bool in = wr_xml_is(e, "incoming");
    const struct wr_xml *flow;
    int i;

    if (!in && !wr_xml_is(e, "outgoing"))
        return;
    r->lists_flows = true;
    flow = wr_rule_text_ref(r, e);
    if (!wr_xml_is(flow, "sequenceFlow"))
        return;
    i = wr_rule_flow_index(r, flow);
    if (in && r->flows[i].target == e->parent)
        r->listed_in[i] = true;
    if (!in && r->flows[i].source == e->parent)
        r->listed_out[i] = true;
}

static void
prepare(struct wr_rules *r)
{
    const struct wr_xml *root = r->doc->root;

    r->has_boundary = wr_newn(r->arena, bool, r->doc->n_elements);
    r->partner = wr_newn(r->arena, const struct wr_xml *, r->doc->n_elements);
    r->listed_in = wr_newn(r->arena, bool, r->n_flows);
    r->listed_out = wr_newn(r->arena, bool, r->n_flows);
    r->budget = BUDGET;
    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e)) {
        note(r, e);
        note_listed(r, e);
    }
    if (r->n_flows > 0 && !r->lists_flows)
        wr_found(r->findings, WR_F_EXT_023, wr_xml_nearest_id(root), root->line,
                 "no node lists its flows as incoming or outgoing");
}

static void
duplicate_ids(struct wr_rules *r)
{
    const struct wr_xml *root = r->doc->root;

    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e)) {
        const struct wr_xml *first;

        if (!e->id || e->ns != WR_NS_BPMN)
            continue;
        first = wr_xml_by_id(r->doc, e->id);
        if (first != e)
            wr_found(r->findings, WR_F_DUPLICATE_ID, e->id, e->line,
                     "the id '%s' is used in line %d too", e->id, first->line);
    }
}

static void
collect(struct wr_rules *r)
{
    const struct wr_xml *root = r->doc->root;
    struct wr_rule_flow *flows;
    int n = 0;

    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e))
        n += wr_xml_is(e, "sequenceFlow");
    flows = wr_newn(r->arena, struct wr_rule_flow, n);
    for (const struct wr_xml *e = root; e; e = wr_xml_walk(root, e)) {
        if (!wr_xml_is(e, "sequenceFlow"))
            continue;
        flows[r->n_flows++] = (struct wr_rule_flow){
            .e = e,
            .source = wr_rule_ref(r, e, "sourceRef"),
            .target = wr_rule_ref(r, e, "targetRef"),
        };
    }
    r->flows = flows;
}

/* Flows sorted by the node at one end; at[order] .. at[order + 1]. */
static const int *
sort_by_end(struct wr_rules *r, bool target, const int **sorted)
{
    int n = r->doc->n_elements;
    int *at = wr_newn(r->arena, int, n + 1);
    int *fill = wr_newn(r->arena, int, n);
    int *flows = wr_newn(r->arena, int, r->n_flows);

    for (int i = 0; i < r->n_flows; i++) {
        const struct wr_rule_flow *f = &r->flows[i];
        const struct wr_xml *e = target ? f->target : f->source;

        if (e)
            at[e->order + 1]++;
    }
    for (int i = 0; i < n; i++)
        at[i + 1] += at[i];
    for (int i = 0; i < r->n_flows; i++) {
        const struct wr_rule_flow *f = &r->flows[i];
        const struct wr_xml *e = target ? f->target : f->source;

        if (e)
            flows[at[e->order] + fill[e->order]++] = i;
    }
    *sorted = flows;

    return at;
}

static bool
concerns(size_t rule, const struct wr_xml *e)
{
    if (rules[rule].name)
        return !strcmp(rules[rule].name, e->name);

    return rules[rule].is == WR_ANY || (rules[rule].is & e->is) != 0;
}

void
wr_rules_check(struct wr_arena *a, const struct wr_xml_doc *doc,
               const struct wr_bpmn_options *options,
               struct wr_findings *findings)
{
    struct wr_rules r = {
        .arena = a, .options = options, .doc = doc, .findings = findings
    };

    duplicate_ids(&r);
    collect(&r);
    r.in_at = sort_by_end(&r, true, &r.in);
    r.out_at = sort_by_end(&r, false, &r.out);
    prepare(&r);
    for (const struct wr_xml *e = doc->root; e; e = wr_xml_walk(doc->root, e)) {
        if (e->ns != WR_NS_BPMN)
            continue;
        for (size_t i = 0; i < WR_COUNT(rules); i++) {
            if (concerns(i, e))
                rules[i].fn(&r, e);
        }
    }
}

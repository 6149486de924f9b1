/*
 * conditional.c: conditionalEventDefinition: what must hold, and the writes that
 * can make it so.
 *
 *     camunda, operaton   variableName="x" variableEvents="create, update"
 *     zeebe               conditionalFilter variableNames variableEvents
 *
 * Without names the variables that the condition speaks of are watched.
 *
 *     flowable            variableListenerEventDefinition variableName
 *                         variableChangeType: no condition, every write counts
 */

#include <string.h>

#include "engine/model/build.h"

struct names {
    struct wr_arena *arena;
    const char **list;
    int n, cap;
};

static void
add(void *data, const char *name, size_t len)
{
    struct names *s = data;
    const char **grown;

    if (s->n == s->cap) {
        s->cap = s->cap ? 2 * s->cap : 4;
        grown = wr_newn(s->arena, const char *, (size_t)s->cap);
        for (int k = 0; k < s->n; k++)
            grown[k] = s->list[k];
        s->list = grown;
    }
    s->list[s->n++] = wr_arena_strndup(s->arena, name, len);
}

/* The words of a list with commas; NULL: that was the last. */
static const char *
word(const char **list, size_t *len)
{
    const char *s = *list;

    s += strspn(s, ", \t\r\n");
    *len = strcspn(s, ", \t\r\n");
    *list = s + *len;

    return *len ? s : NULL;
}

static unsigned
event_of(const char *s, size_t len)
{
    static const char *const names[] = { "create", "update", "delete" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        if (strlen(names[i]) == len && !strncmp(names[i], s, len))
            return 1U << i;
    }

    return 0;
}

static void
read_events(struct wr_build *b, struct wr_event_def *def,
            const struct wr_xml *at, const char *list)
{
    const char *s;
    size_t len;

    while (list && (s = word(&list, &len))) {
        unsigned event = event_of(s, len);

        if (!event)
            wr_build_found(b, WR_F_BAD_VARIABLE_EVENT, at,
                           "'%.*s' is none of create, update, delete",
                           len < 80 ? (int)len : 80, s);
        def->events |= event;
    }
}

void
wr_build_conditional(struct wr_build *b, struct wr_event_def *def,
                     const struct wr_xml *e, const struct wr_xml *d)
{
    const struct wr_xml *c = wr_xml_child(d, WR_NS_BPMN, "condition");
    const struct wr_xml *filter = wr_build_extension(d, WR_NS_ZEEBE,
                                                     "conditionalFilter");
    struct names names = { .arena = b->arena };
    const char *list, *events, *s;
    enum wr_ns ns;
    size_t len;

    if (!c) {
        wr_build_found(b, WR_F_NO_CONDITION, e, NULL);
        return;
    }
    def->condition = wr_build_condition(b, c);
    list = filter ? wr_xml_attr(filter, "variableNames")
                  : wr_build_camunda(d, "variableName", &ns);
    events = filter ? wr_xml_attr(filter, "variableEvents")
                    : wr_build_camunda(d, "variableEvents", &ns);
    while (list && (s = word(&list, &len)))
        add(&names, s, len);
    if (!names.n && def->condition)
        wr_expr_names(def->condition, add, &names);
    def->watched = names.list;
    def->n_watched = names.n;
    read_events(b, def, filter ? filter : d, events);
}

/* "all" and nothing at all: 0. */
static unsigned
changes(struct wr_build *b, const struct wr_xml *d)
{
    static const struct {
        const char *type;
        unsigned events;
    } types[] = {
        { "all", 0 },    { "create", 1 },        { "update", 2 },
        { "delete", 4 }, { "update-create", 3 }, { "", 0 },
    };
    const char *type = wr_build_own(d, "variableChangeType");

    for (size_t i = 0; type && i < WR_COUNT(types); i++) {
        if (!strcmp(types[i].type, type))
            return types[i].events;
    }
    if (type)
        wr_build_found(b, WR_F_BAD_VARIABLE_EVENT, d,
                       "'%.80s' is none of all, create, update, delete,"
                       " update-create",
                       type);

    return 0;
}

void
wr_build_variable_listener(struct wr_build *b, struct wr_event_def *def,
                           const struct wr_xml *d)
{
    struct names names = { .arena = b->arena };
    const char *name = wr_build_own(d, "variableName");

    if (!name || !*name) {
        wr_build_found(b, WR_F_NO_CONDITION, d, "a '%s' without variableName",
                       d->name);
        return;
    }
    add(&names, name, strlen(name));
    def->watched = names.list;
    def->n_watched = names.n;
    def->events = changes(b, d);
}

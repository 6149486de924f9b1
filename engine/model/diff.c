#include "engine/model/diff.h"

#include <string.h>

#include "engine/model/xml.h"

enum {
    MAX_BYTES = 256 << 20, /* it was small enough to be deployed */
    MAX_DEPTH = 1000,
    MAX_CHANGES = 16 /* named of one element */
};

struct side {
    struct wr_xml_doc doc;
    const struct wr_xml *process;
};

static int
open_side(struct wr_arena *a, const struct wr_diff_side *from, struct side *out,
          struct wr_err *err)
{
    const struct wr_xml_limits limits = { MAX_BYTES, MAX_DEPTH };

    if (wr_xml_parse(a, from->bytes, from->len, &limits, &out->doc, err) < 0)
        return (int)err->code;
    out->process = wr_xml_by_id(&out->doc, from->process);
    if (!out->process || !wr_xml_is(out->process, "process"))
        return wr_fail(err, WR_ENOTFOUND, "the file has no process '%.100s'",
                       from->process);

    return 0;
}

/* An element of the process itself or of one of its sub-processes. */
static bool
is_element(const struct side *s, const struct wr_xml *e)
{
    if (e == s->process)
        return true;
    if (!e->id || e->ns != WR_NS_BPMN || !e->parent)
        return false;
    if (e->parent != s->process && !(e->parent->is & WR_IS_SUB))
        return false;
    for (const struct wr_xml *up = e->parent; up; up = up->parent)
        if (up == s->process)
            return true;

    return false;
}

static const struct wr_xml *
counterpart(const struct side *in, const struct wr_xml *e,
            const struct side *of)
{
    const struct wr_xml *other;

    if (e == of->process)
        return in->process;
    other = wr_xml_by_id(&in->doc, e->id);

    return other && is_element(in, other) ? other : NULL;
}

/* Is this child compared on its own, or no content at all? */
static bool
is_aside(const struct side *s, const struct wr_xml *child)
{
    return is_element(s, child) || wr_xml_is(child, "incoming")
           || wr_xml_is(child, "outgoing") || wr_xml_is(child, "laneSet");
}

static const char *
attr_of(const struct wr_xml *e, const struct wr_xml_attr *like)
{
    for (int i = 0; i < e->n_attrs; i++) {
        if (e->attrs[i].ns == like->ns
            && strcmp(e->attrs[i].name, like->name) == 0)
            return e->attrs[i].value;
    }

    return NULL;
}

static void
note(struct wr_arena *a, struct wr_diff_element *d, const char *what)
{
    const char **names = (const char **)(uintptr_t)d->changes;

    for (size_t i = 0; i < d->n_changes; i++)
        if (strcmp(names[i], what) == 0)
            return;
    if (!names) {
        names = wr_newn(a, const char *, MAX_CHANGES);
        d->changes = names;
    }
    if (d->n_changes < MAX_CHANGES)
        names[d->n_changes++] = what;
}

/* Attributes of `x` that `y` has not so. */
static void
note_attrs(struct wr_arena *a, struct wr_diff_element *d,
           const struct wr_xml *x, const struct wr_xml *y)
{
    for (int i = 0; i < x->n_attrs; i++) {
        const char *other = attr_of(y, &x->attrs[i]);

        if (!other || strcmp(other, x->attrs[i].value) != 0)
            note(a, d, x->attrs[i].name);
    }
}

static bool
same_text(struct wr_arena *a, const struct wr_xml *x, const struct wr_xml *y)
{
    return strcmp(wr_xml_trim(a, x->text), wr_xml_trim(a, y->text)) == 0;
}

static bool
same_head(struct wr_arena *a, const struct wr_xml *x, const struct wr_xml *y)
{
    if (x->ns != y->ns || strcmp(x->name, y->name) != 0
        || x->n_attrs != y->n_attrs || !same_text(a, x, y))
        return false;
    for (int i = 0; i < x->n_attrs; i++) {
        const char *other = attr_of(y, &x->attrs[i]);

        if (!other || strcmp(other, x->attrs[i].value) != 0)
            return false;
    }

    return true;
}

/* Everything below, element by element. */
static bool
same_content(struct wr_arena *a, const struct wr_xml *x, const struct wr_xml *y)
{
    const struct wr_xml *p = x, *q = y;

    while (p && q) {
        if (!same_head(a, p, q) || !p->first != !q->first
            || (p != x && !p->next != !q->next))
            return false;
        p = wr_xml_walk(x, p);
        q = wr_xml_walk(y, q);
    }

    return !p && !q;
}

static const struct wr_xml *
next_content(const struct side *s, const struct wr_xml *child)
{
    while (child && is_aside(s, child))
        child = child->next;

    return child;
}

static void
compare(struct wr_arena *a, const struct side *from, const struct wr_xml *x,
        const struct side *to, const struct wr_xml *y,
        struct wr_diff_element *d)
{
    const struct wr_xml *p = next_content(from, x->first);
    const struct wr_xml *q = next_content(to, y->first);

    if (strcmp(x->name, y->name) != 0)
        note(a, d, "type");
    if (x->parent->id && y->parent->id && x != from->process
        && strcmp(x->parent->id, y->parent->id) != 0)
        note(a, d, "scope");
    note_attrs(a, d, x, y);
    note_attrs(a, d, y, x);
    if (!same_text(a, x, y))
        note(a, d, "text");
    while (p && q) {
        if (!same_content(a, p, q)) {
            note(a, d, p->name);
            note(a, d, q->name);
        }
        p = next_content(from, p->next);
        q = next_content(to, q->next);
    }
    for (; p; p = next_content(from, p->next))
        note(a, d, p->name);
    for (; q; q = next_content(to, q->next))
        note(a, d, q->name);
}

static void
add(struct wr_arena *a, struct wr_diff_list *list,
    const struct wr_diff_element *e)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? 2 * list->cap : 16;
        struct wr_diff_element *more = wr_newn(a, struct wr_diff_element, cap);

        if (list->n)
            memcpy(more, list->items, list->n * sizeof(*more));
        list->items = more;
        list->cap = cap;
    }
    list->items[list->n++] = *e;
}

static struct wr_diff_element
element_of(const struct wr_xml *e)
{
    return (struct wr_diff_element){
        .id = e->id,
        .name = wr_xml_attr(e, "name"),
        .type = e->name,
    };
}

int
wr_diff(struct wr_arena *a, const struct wr_diff_side *from,
        const struct wr_diff_side *to, struct wr_diff *out, struct wr_err *err)
{
    struct side old, new;

    *out = (struct wr_diff){ 0 };
    if (open_side(a, from, &old, err) < 0)
        return wr_wrap(err, "the first version");
    if (open_side(a, to, &new, err) < 0)
        return wr_wrap(err, "the second version");
    for (const struct wr_xml *e = old.process; e;
         e = wr_xml_walk(old.process, e)) {
        struct wr_diff_element d = element_of(e);

        if (is_element(&old, e) && !counterpart(&new, e, &old))
            add(a, &out->removed, &d);
    }
    for (const struct wr_xml *e = new.process; e;
         e = wr_xml_walk(new.process, e)) {
        struct wr_diff_element d = element_of(e);
        const struct wr_xml *before;

        if (!is_element(&new, e))
            continue;
        before = counterpart(&old, e, &new);
        if (!before) {
            add(a, &out->added, &d);
            continue;
        }
        compare(a, &old, before, &new, e, &d);
        if (d.n_changes)
            add(a, &out->changed, &d);
    }

    return 0;
}

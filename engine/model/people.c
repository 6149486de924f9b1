/*
 * people.c: who does a user task, as BPMN says it (BPMN 2.0.2, 10.3.1).
 *
 *     humanPerformer, performer   the assignee
 *     potentialOwner              candidates: user(ann), group(sales, ${g});
 *                                 a bare name is a group
 *
 * A resourceRef is the group of the resource's name, or the person of that name
 * for a performer.  What a vendor's attribute says counts before.
 */

#include <ctype.h>
#include <string.h>

#include "engine/model/build.h"

struct lists { /* comma separated */
    struct wr_str users, groups;
};

static void
add(struct wr_str *list, const char *s, size_t len)
{
    while (len && isspace((unsigned char)*s))
        s++, len--;
    while (len && isspace((unsigned char)s[len - 1]))
        len--;
    if (!len)
        return;
    if (list->len)
        wr_str_add(list, ",");
    wr_str_addn(list, s, len);
}

/* The end of an item: a comma or the end, outside of brackets. */
static size_t
item_end(const char *s)
{
    size_t n = 0;
    int depth = 0;

    for (; s[n] && (depth > 0 || s[n] != ','); n++) {
        if (s[n] == '(' || s[n] == '{')
            depth++;
        else if (s[n] == ')' || s[n] == '}')
            depth--;
    }

    return n;
}

/* user(...) or group(...): what is in the brackets; false: neither. */
static bool
inside(const char *item, size_t len, const char *word, struct wr_str *out)
{
    size_t n = strlen(word);

    while (len && isspace((unsigned char)item[len - 1]))
        len--;
    if (len < n + 2 || strncmp(item, word, n) != 0 || item[n] != '('
        || item[len - 1] != ')')
        return false;
    add(out, item + n + 1, len - n - 2);

    return true;
}

static void
owners(struct lists *l, const char *text)
{
    while (*text) {
        size_t len;

        text += strspn(text, " \t\r\n");
        len = item_end(text);
        if (!inside(text, len, "user", &l->users)
            && !inside(text, len, "group", &l->groups))
            add(&l->groups, text, len);
        text += len + (text[len] == ',');
    }
}

/* What the role says; NULL after a warning that it says nothing. */
static const char *
said(struct wr_build *b, const struct wr_xml *role)
{
    const struct wr_xml *how = wr_xml_child(role, WR_NS_BPMN,
                                            "resourceAssignmentExpression");
    const struct wr_xml *ref = wr_xml_child(role, WR_NS_BPMN, "resourceRef");
    const char *text = NULL, *name;

    for (const struct wr_xml *c = how ? how->first : NULL; c && !text;
         c = c->next) {
        if (c->ns == WR_NS_BPMN && (c->is & WR_IS_EXPRESSION))
            text = wr_xml_trim(b->arena, c->text);
    }
    if (!text && ref) {
        const struct wr_xml *e;

        text = wr_xml_trim(b->arena, ref->text);
        e = wr_xml_ref(b->doc, ref, text, NULL);
        name = e ? wr_xml_attr(e, "name") : NULL;
        if (name && *name)
            text = name;
    }
    if (text && *text)
        return text;
    wr_build_found(b, WR_F_IGNORED, role, "'%s' names nobody", role->name);

    return NULL;
}

static struct wr_attr
list_of(struct wr_build *b, const struct wr_xml *e, struct wr_str *list)
{
    if (!list->len)
        return (struct wr_attr){ 0 };

    return wr_build_attr(b, e, WR_NS_NONE, wr_str_text(list));
}

void
wr_build_people(struct wr_build *b, struct wr_task_def *t,
                const struct wr_xml *e)
{
    struct lists l = { .users.arena = b->arena, .groups.arena = b->arena };

    for (const struct wr_xml *c = e->first; c; c = c->next) {
        bool owner = wr_xml_is(c, "potentialOwner");
        const char *text;

        if (!owner && !wr_xml_is(c, "humanPerformer")
            && !wr_xml_is(c, "performer"))
            continue;
        text = said(b, c);
        if (!text)
            continue;
        if (!owner && !t->assignee.text)
            t->assignee = wr_build_attr(b, c, WR_NS_NONE, text);
        else if (owner && *text == '=' && !t->candidate_groups.text)
            t->candidate_groups = wr_build_attr(b, c, WR_NS_NONE, text);
        else if (owner)
            owners(&l, text);
    }
    if (!t->candidate_users.text)
        t->candidate_users = list_of(b, e, &l.users);
    if (!t->candidate_groups.text)
        t->candidate_groups = list_of(b, e, &l.groups);
}

/* rules_text.c: rules about what is written in attributes and expressions. */

#include <ctype.h>
#include <string.h>

#include "engine/model/build.h"
#include "engine/model/rules.h"
#include "engine/model/timer.h"

/* type/subtype of RFC 6838, parameters allowed. */
static bool
is_mime(const char *s)
{
    static const char token[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&-^_.+";
    size_t n = strspn(s, token);

    if (n == 0 || s[n] != '/')
        return false;
    s += n + 1;
    n = strspn(s, token);

    return n > 0 && (s[n] == '\0' || s[n] == ';' || s[n] == ' ');
}

/* A URI reference of RFC 3986, by its characters. */
static bool
is_uri(const char *s)
{
    for (; *s; s++) {
        if (*s == '%'
            && (!isxdigit((unsigned char)s[1])
                || !isxdigit((unsigned char)s[2])))
            return false;
        if ((unsigned char)*s <= ' ' || strchr("<>\"{}|\\^`", *s))
            return false;
    }

    return true;
}

void
wr_rule_text_format(struct wr_rules *r, const struct wr_xml *e)
{
    const char *format = wr_xml_attr(e, "textFormat");

    if (format && !is_mime(format))
        wr_hit(r, e->is & WR_IS_ARTIFACT ? WR_F_EXT_010 : WR_F_EXT_004, e);
}

void
wr_rule_script_format(struct wr_rules *r, const struct wr_xml *e)
{
    const char *format = wr_xml_attr(e, "scriptFormat");

    if (!format && wr_xml_child(e, WR_NS_BPMN, "script"))
        wr_hit(r, WR_F_EXT_053, e);
    if (format && !is_mime(format))
        wr_hit(r, WR_F_EXT_145, e);
}

void
wr_rule_transaction_method(struct wr_rules *r, const struct wr_xml *e)
{
    const char *method = wr_xml_attr(e, "method");

    if (method && !is_uri(method))
        wr_hit(r, WR_F_EXT_060, e);
}

void
wr_rule_languages(struct wr_rules *r, const struct wr_xml *e)
{
    static const char *const names[] = { "expressionLanguage", "typeLanguage" };

    for (size_t i = 0; i < WR_COUNT(names); i++) {
        const char *v = wr_xml_attr(e, names[i]);

        if (v && !is_uri(v))
            wr_hit(r, WR_F_EXT_014, e);
    }
}

static bool
is_formal_type(const struct wr_xml *e)
{
    const char *type = wr_xml_attr_ns(e, WR_NS_XSI, "type");
    const char *colon = type ? strrchr(type, ':') : NULL;

    return type && !strcmp(colon ? colon + 1 : type, "tFormalExpression");
}

/* Formal by its place in the schema, whatever xsi:type says. */
static bool
is_formal_place(const struct wr_xml *e)
{
    return !strcmp(e->name, "formalExpression")
           || !strcmp(e->name, "messagePath") || !strcmp(e->name, "dataPath")
           || !strcmp(e->name, "transformation")
           || (!strcmp(e->name, "condition")
               && wr_xml_is(e->parent, "complexBehaviorDefinition"));
}

static bool
is_blank(struct wr_rules *r, const struct wr_xml *e)
{
    return !*wr_xml_trim(r->arena, e->text);
}

/* Places where the standard wants a formal expression to execute. */
static bool
is_judged(const struct wr_xml *e)
{
    return strcmp(e->name, "expression") != 0 && !is_formal_place(e)
           && !wr_xml_is(e->parent, "conditionalEventDefinition")
           && !wr_xml_is(e->parent, "resourceParameterBinding")
           && strcmp(e->name, "resourceAssignmentExpression") != 0;
}

void
wr_rule_expression(struct wr_rules *r, const struct wr_xml *e)
{
    const char *language = wr_xml_attr(e, "language");

    if (language && !is_uri(language))
        wr_hit(r, WR_F_EXT_014, e);
    if (is_formal_type(e) || is_formal_place(e)) {
        if (is_blank(r, e)
            && !wr_xml_is(e->parent, "conditionalEventDefinition"))
            wr_hit(r, WR_F_EXT_013, e);
        return;
    }
    if (is_judged(e) && wr_rule_executable(e))
        wr_hit(r, WR_F_EXT_012, e);
}

void
wr_rule_conditional(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "condition");

    if (wr_rule_executable(e) && (!c || !is_formal_type(c) || is_blank(r, c)))
        wr_hit(r, WR_F_EXT_123, e);
}

/* A number or a text in quotes is never a truth value. */
static bool
is_no_boolean(struct wr_rules *r, const struct wr_xml *e)
{
    const char *s = wr_xml_trim(r->arena, e->text);
    size_t len = strlen(s);

    if (len == 0)
        return false;
    if (strspn(s, "-+.0123456789") == len)
        return true;

    return len > 1 && strchr("\"'", *s) && strchr(s + 1, *s) == s + len - 1;
}

void
wr_rule_boolean_conditions(struct wr_rules *r, const struct wr_xml *e)
{
    const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, "completionCondition");

    if (c && is_no_boolean(r, c))
        wr_hit(r, WR_F_EXT_071, c);
    for (c = wr_xml_child(e, WR_NS_BPMN, "complexBehaviorDefinition"); c;
         c = wr_xml_next(c, WR_NS_BPMN, "complexBehaviorDefinition")) {
        const struct wr_xml *when = wr_xml_child(c, WR_NS_BPMN, "condition");

        if (when && is_no_boolean(r, when))
            wr_hit(r, WR_F_EXT_072, when);
    }
}

/* SpiffWorkflow's times are expressions without marks: parsing judges them. */
static bool
has_spiff(const struct wr_rules *r)
{
    const struct wr_xml_prefix *p = r->doc->root->prefixes;

    while (p && p->ns != WR_NS_SPIFF)
        p = p->outer;

    return p != NULL;
}

void
wr_rule_timer(struct wr_rules *r, const struct wr_xml *e)
{
    static const struct {
        const char *name;
        bool (*is)(const char *);
        enum wr_found id;
    } kinds[] = {
        { "timeDate", wr_timer_is_date, WR_F_EXT_132 },
        { "timeCycle", wr_timer_is_cycle, WR_F_EXT_133 },
        { "timeDuration", wr_timer_is_duration, WR_F_EXT_134 },
    };
    int n = 0;

    for (size_t i = 0; i < WR_COUNT(kinds); i++) {
        const struct wr_xml *c = wr_xml_child(e, WR_NS_BPMN, kinds[i].name);
        const char *text = c ? wr_xml_trim(r->arena, c->text) : NULL;

        if (!c)
            continue;
        n++;
        if (*text && *text != '=' && !wr_expr_has_marks(text)
            && !kinds[i].is(text) && !has_spiff(r))
            wr_hit(r, kinds[i].id, c);
    }
    if (n > 1)
        wr_hit(r, WR_F_EXT_131, e);
}

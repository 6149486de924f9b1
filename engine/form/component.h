/* component.h: private to engine/form: the components of a form-js form. */

#ifndef WR_COMPONENT_H
#define WR_COMPONENT_H

#include "engine/form/check.h"

enum wr_component_class {
    WR_COMP_NONE,
    WR_COMP_TEXT,
    WR_COMP_NUMBER,
    WR_COMP_CHECKBOX,
    WR_COMP_ONE,
    WR_COMP_SEVERAL,
    WR_COMP_DATETIME,
    WR_COMP_ANY,
    WR_COMP_GROUP,
    WR_COMP_DYNAMIC
};

/* false: form-js has no such component that is known here. */
bool wr_component_class(const struct wr_value *component,
                        enum wr_component_class *out);
/* A member that is a text; NULL. */
const char *wr_component_text(const struct wr_value *component,
                              const char *name);
/* A member of its validate; NULL when absent, null or "". */
const struct wr_value *wr_component_rule(const struct wr_value *component,
                                         const char *name);
bool wr_component_is(const struct wr_value *component, const char *name);
/* The FEEL of "=...", NULL. */
const char *wr_component_feel(const struct wr_value *v);
/* Its `properties`.type: what a generated field is beyond form-js; NULL. */
const char *wr_component_extra(const struct wr_value *component);

/* component.c: is value `v`, which is there, one that it may have?  `options`
 * of ONE and SEVERAL; `rule` gives the values of its rules. */
struct wr_component_rules {
    bool required;
    const struct wr_value *min, *max, *min_len, *max_len; /* numbers; NULL */
    const char *pattern, *kind;                           /* NULL */
    const struct wr_value *options;                       /* list; NULL */
};
void wr_component_check(struct wr_form_check *c,
                        const struct wr_value *component,
                        const struct wr_component_rules *r, const char *pointer,
                        const struct wr_value *v);

#endif

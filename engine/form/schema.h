/* schema.h: private to engine/form: what the files of JSON Schema share. */

#ifndef WR_SCHEMA_H
#define WR_SCHEMA_H

#include "engine/form/check.h"

/* formats.c */
bool wr_schema_knows_format(const char *name);
bool wr_schema_fits_format(struct wr_arena *a, const char *name,
                           const struct wr_value *text);

/* schema.c: one check at one place. */
struct wr_schema_at {
    struct wr_form_check *c;
    const struct wr_value *v;
    const char *pointer;
    bool quiet; /* nobody hears what is wrong */
};
/* Says why unless it is quiet; always false. */
bool wr_schema_wrong(const struct wr_schema_at *at, const char *code,
                     const char *fmt, ...) WR_PRINTF(3);
bool wr_schema_valid(const struct wr_schema_at *at, const struct wr_value *s);

/* schema_parts.c: the keywords of lists and objects. */
bool wr_schema_list(const struct wr_schema_at *at, const struct wr_value *s);
bool wr_schema_object(const struct wr_schema_at *at, const struct wr_value *s);

#endif

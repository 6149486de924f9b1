/*
 * value_key.h: values as text that sorts as they compare.
 *
 * The first letter is the type: b false and true, n numbers by value, s texts by
 * their bytes, z null; l and m say that a list or context is there.  Dates, times
 * and durations are the texts that the API shows.  Of a long text the beginning
 * is kept, then a hash of all: equal ones are found, the order of those that
 * begin alike is not theirs.
 */

#ifndef WR_VALUE_KEY_H
#define WR_VALUE_KEY_H

#include "engine/base/value.h"

enum {
    WR_VALUE_KEY = 512, /* bytes of a text that are kept */
    WR_NAME_KEY = 250   /* of a name or path */
};

/* In `a`. */
const char *wr_value_key(struct wr_arena *a, const struct wr_value *v);
/* A name or path; a long one is cut and hashed in the same way. */
const char *wr_name_key(struct wr_arena *a, const char *name);

#endif

/*
 * value.h: what a variable, a JSON document and a FEEL expression hold.
 *
 * One type for all three.  Values are immutable, live in an arena and are
 * shared by pointer; a value never outlives its arena, wr_value_copy() moves a
 * whole tree into another one.  NULL is never a valid `const struct wr_value *`
 * except where a function says that it means "absent".
 */

#ifndef WR_VALUE_H
#define WR_VALUE_H

#include "engine/base/decimal.h"

enum wr_value_type {
    WR_V_NULL,
    WR_V_BOOL,
    WR_V_NUMBER,
    WR_V_STRING,
    WR_V_DATE,
    WR_V_TIME,
    WR_V_DATETIME,
    WR_V_DURATION_YM, /* years and months */
    WR_V_DURATION_DT, /* days to seconds */
    WR_V_BYTES,
    WR_V_LIST,
    WR_V_CONTEXT,  /* JSON object */
    WR_V_RANGE,    /* FEEL only, not storable */
    WR_V_FUNCTION, /* FEEL only, not storable */
};

enum {
    WR_NO_OFFSET = INT32_MAX
};

/* date: year..day; time: hour..offset; date-time: all.  Proleptic Gregorian. */
struct wr_temporal {
    int32_t year; /* -999999999 .. 999999999 */
    int8_t month, day, hour, minute, second;
    int32_t nanos;
    int32_t offset;   /* seconds east of UTC; WR_NO_OFFSET: local */
    const char *zone; /* IANA id that gave the offset; NULL */
};

struct wr_value;

struct wr_entry {
    const char *key; /* NUL-terminated UTF-8 */
    const struct wr_value *value;
};

struct wr_value {
    enum wr_value_type type;
    union {
        bool boolean;
        struct wr_decimal number;
        struct {
            const char *s; /* NUL-terminated; may hold NULs when bytes */
            size_t len;
        } string; /* STRING (valid UTF-8), BYTES */
        struct wr_temporal temporal;
        int64_t months; /* DURATION_YM */
        struct {
            int64_t seconds; /* same sign as nanos */
            int32_t nanos;
        } duration; /* DURATION_DT */
        struct {
            const struct wr_value *const *items;
            size_t n;
        } list;
        struct {
            const struct wr_entry *entries; /* document order, keys unique */
            size_t n;
        } context;
        const void *opaque; /* RANGE, FUNCTION: engine/feel knows */
    };
};

extern const struct wr_value wr_null, wr_true, wr_false;

const struct wr_value *wr_value_bool(bool b);
const struct wr_value *wr_value_int(struct wr_arena *a, int64_t n);
const struct wr_value *wr_value_number(struct wr_arena *a, struct wr_decimal d);
const struct wr_value *wr_value_string(struct wr_arena *a, const char *s);
const struct wr_value *wr_value_stringn(struct wr_arena *a, const char *s,
                                        size_t len);
/* Strings are copied and must be valid UTF-8; bytes are copied as they are. */
const struct wr_value *wr_value_bytes(struct wr_arena *a, const void *bytes,
                                      size_t len);
/* The array is copied, what it points to is shared. */
const struct wr_value *wr_value_list(struct wr_arena *a,
                                     const struct wr_value *const *items,
                                     size_t n);
const struct wr_value *wr_value_context(struct wr_arena *a,
                                        const struct wr_entry *entries,
                                        size_t n);

/* Member of a context, NULL when absent or not a context. */
const struct wr_value *wr_value_get(const struct wr_value *context,
                                    const char *key);

/* Deep copy into another arena.  What a RANGE or FUNCTION points to is not
 * copied: engine/feel does that. */
const struct wr_value *wr_value_copy(struct wr_arena *a,
                                     const struct wr_value *v);

/* Equal by value (1.0 equals 1; contexts regardless of order). */
bool wr_value_equal(const struct wr_value *x, const struct wr_value *y);

/* The FEEL name: "number", "string", "date and time", ... */
const char *wr_value_type_name(enum wr_value_type type);

/* Deepest nesting of a value that is stored. */
enum {
    WR_VALUE_DEPTH = 256
};

/* May it become a variable?  WR_EVALUE when a range, a function or a number that
 * overflowed is in it, WR_ELIMIT when it nests too deep.  Ask before encoding what an expression
 * gave. */
WR_MUST int wr_value_storable(const struct wr_value *v, struct wr_err *err);

/*
 * Compact binary form, used in state blobs and history events: format byte
 * first, then tag-length-value.  Decoding refuses newer formats (WR_ENEWER) and
 * damage (WR_ECORRUPT); it never reads past `len`.  Encoding a value that is not
 * storable ends the process.
 */
void wr_value_encode(struct wr_str *out, const struct wr_value *v);
WR_MUST int wr_value_decode(struct wr_arena *a, const void *bytes, size_t len,
                            const struct wr_value **out, struct wr_err *err);

#endif

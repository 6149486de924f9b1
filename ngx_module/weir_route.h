/*
 * weir_route.h: which slot owns what a request is about.
 *
 * Every id of an instance's tree is a UUIDv7 whose 12 bits rand_a (the three
 * hexadecimal digits behind the version digit) are its bucket; the bucket modulo
 * the number of slots is the slot (DESIGN.md section 4).  No nginx in here.
 */

#ifndef WEIR_ROUTE_H
#define WEIR_ROUTE_H

#include <stddef.h>

enum { WEIR_UUID_LEN = 36, WEIR_BUCKETS = 4096 };

/* The bucket of the one UUIDv7 that s[0..len) is; -1 when it is none. */
int weir_route_bucket(const char *s, size_t len);

/* The bucket of the first path segment that is a UUIDv7; -1 without one. */
int weir_route_path(const char *path, size_t len);

#endif

/* weir_route: the bucket of the id in a path. */

#include "ngx_module/weir_route.h"

#include <string.h>


static int
digit16(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }

    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }

    return -1;
}


int
weir_route_bucket(const char *s, size_t len)
{
    size_t  i;

    if (len != WEIR_UUID_LEN || s[14] != '7' || strchr("89ab", s[19]) == NULL) {
        return -1;
    }

    for (i = 0; i < len; i++) {
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            if (s[i] != '-') {
                return -1;
            }

        } else if (digit16(s[i]) < 0) {
            return -1;
        }
    }

    return digit16(s[15]) << 8 | digit16(s[16]) << 4 | digit16(s[17]);
}


int
weir_route_path(const char *path, size_t len)
{
    int          bucket;
    const char  *p = path, *end = path + len, *slash;

    while (p < end) {
        slash = memchr(p, '/', (size_t) (end - p));

        if (slash == NULL) {
            slash = end;
        }

        bucket = weir_route_bucket(p, (size_t) (slash - p));

        if (bucket >= 0) {
            return bucket;
        }

        p = slash + 1;
    }

    return -1;
}

#include "engine/base/uuid.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LOW_62 ((UINT64_C(1) << 62) - 1)

/* The low bits of an id base: a turn, and room for its successors. */
enum {
    ROOM_BITS = 24,
    TURN_BITS = 62 - ROOM_BITS
};
#define HALF(bits) ((UINT64_C(1) << ((bits)-1)) - 1)

static atomic_uint_fast64_t turns;

static uint64_t
load(const uint8_t *p)
{
    uint64_t n = 0;

    for (int i = 0; i < 8; i++)
        n = n << 8 | p[i];

    return n;
}

static void
store(uint8_t *p, uint64_t n)
{
    for (int i = 7; i >= 0; i--) {
        p[i] = (uint8_t)n;
        n >>= 8;
    }
}

/* Without randomness ids would collide: there is nothing sensible to go on
 * with, so a kernel that gives none ends the process. */
static uint64_t
random_bits(void)
{
    uint64_t n;
    ssize_t got;

    do {
        got = getrandom(&n, sizeof(n), 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof(n)) {
        fprintf(stderr, "getrandom: %s\n", strerror(errno));
        abort();
    }

    return n;
}

static struct wr_uuid
assemble(int64_t ms, int bucket, uint64_t low)
{
    struct wr_uuid u;

    store(u.b, (uint64_t)ms << 16 | UINT64_C(0x7000)
                   | ((uint64_t)bucket & (WR_BUCKETS - 1)));
    store(u.b + 8, UINT64_C(2) << 62 | (low & LOW_62));

    return u;
}

struct wr_uuid
wr_uuid_new(int64_t ms, int bucket)
{
    return assemble(ms, bucket, random_bits());
}

/* Processes begin anywhere, so that their ids differ; forked ones, too. */
static void
seed(void)
{
    atomic_store(&turns, random_bits() & HALF(TURN_BITS));
}

static void
seed_all(void)
{
    seed();
    if (pthread_atfork(NULL, NULL, seed) != 0)
        abort();
}

struct wr_uuid
wr_uuid_base(int64_t ms, int bucket)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint64_t turn;

    pthread_once(&once, seed_all);
    turn = atomic_fetch_add(&turns, 1);

    return assemble(ms, bucket,
                    turn << ROOM_BITS | (random_bits() & HALF(ROOM_BITS)));
}

int
wr_uuid_age(const struct wr_uuid *x, const struct wr_uuid *y)
{
    int64_t a = wr_uuid_ms(x), b = wr_uuid_ms(y);
    uint64_t p = load(x->b + 8), q = load(y->b + 8);

    if (a != b)
        return a < b ? -1 : 1;
    if (p != q)
        return p < q ? -1 : 1;

    return wr_uuid_cmp(x, y);
}

struct wr_uuid
wr_uuid_next(struct wr_uuid *base)
{
    uint64_t lo = load(base->b + 8);

    store(base->b + 8, (lo & ~LOW_62) | ((lo + 1) & LOW_62));

    return *base;
}

int
wr_uuid_bucket(const struct wr_uuid *u)
{
    return (u->b[6] & 0x0F) << 8 | u->b[7];
}

int64_t
wr_uuid_ms(const struct wr_uuid *u)
{
    return (int64_t)(load(u->b) >> 16);
}

bool
wr_uuid_is_zero(const struct wr_uuid *u)
{
    return (load(u->b) | load(u->b + 8)) == 0;
}

int
wr_uuid_cmp(const struct wr_uuid *x, const struct wr_uuid *y)
{
    return memcmp(x->b, y->b, sizeof(x->b));
}

bool
wr_uuid_equal(const struct wr_uuid *x, const struct wr_uuid *y)
{
    return wr_uuid_cmp(x, y) == 0;
}

static bool
hyphen_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

void
wr_uuid_text(const struct wr_uuid *u, char out[WR_UUID_TEXT])
{
    static const char hex[] = "0123456789abcdef";
    size_t at = 0;

    for (size_t i = 0; i < sizeof(u->b); i++) {
        if (hyphen_at(at))
            out[at++] = '-';
        out[at++] = hex[u->b[i] >> 4];
        out[at++] = hex[u->b[i] & 0x0F];
    }
    out[at] = '\0';
}

static int
nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;

    return -1;
}

static bool
decode(const char *s, struct wr_uuid *u)
{
    size_t at = 0;

    for (size_t i = 0; i < sizeof(u->b); i++) {
        int hi, lo;

        if (hyphen_at(at) && s[at++] != '-')
            return false;
        hi = nibble(s[at++]);
        lo = nibble(s[at++]);
        if (hi < 0 || lo < 0)
            return false;
        u->b[i] = (uint8_t)(hi << 4 | lo);
    }

    return true;
}

int
wr_uuid_parse(const char *s, size_t len, struct wr_uuid *out,
              struct wr_err *err)
{
    struct wr_uuid u;

    if (len != WR_UUID_TEXT - 1 || !decode(s, &u))
        return wr_fail(err, WR_EINVALID, "'%.*s' is not a UUID",
                       (int)(len < 60 ? len : 60), s);
    *out = u;

    return 0;
}

/* The PostgreSQL backend's values: binary, both ways. */

#include <string.h>

#include "engine/store/pgsql.h"

static const struct {
    Oid type, array;
} oids[] = {
    [WR_D_INT4] = { 23, 1007 },   [WR_D_INT8] = { 20, 1016 },
    [WR_D_UUID] = { 2950, 2951 }, [WR_D_TEXT] = { 25, 1009 },
    [WR_D_BYTES] = { 17, 1001 },
};

/* Big-endian, as many bytes as the type has. */
static void
put_int(char *out, int64_t v, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (char)((uint64_t)v >> (8 * (bytes - 1 - i)));
}

static int64_t
get_int(const char *p, int bytes)
{
    uint64_t v = bytes > 0 && (*p & 0x80) ? UINT64_MAX : 0;

    for (int i = 0; i < bytes; i++)
        v = v << 8 | (uint8_t)p[i];

    return (int64_t)v;
}

static size_t
size_of(const struct wr_datum *d)
{
    if (d->null)
        return 0;
    if (d->kind == WR_D_INT4)
        return 4;

    return d->kind == WR_D_INT8 ? 8 : d->len;
}

static void
put(char *out, const struct wr_datum *d, size_t size)
{
    if (d->kind == WR_D_INT4 || d->kind == WR_D_INT8)
        put_int(out, d->i, size);
    else if (size)
        memcpy(out, d->p, size);
}

static void
add(struct pg_params *p, Oid type, const char *value, size_t len)
{
    p->types[p->n] = type;
    p->values[p->n] = value;
    p->lengths[p->n] = (int)len;
    p->formats[p->n] = 1;
    p->n++;
}

void
wr_pg_scalar(struct pg_params *p, const struct wr_datum *d)
{
    size_t size = size_of(d);
    char *out;

    if (d->null) {
        add(p, oids[d->kind].type, NULL, 0);
        return;
    }
    out = wr_arena_alloc(p->arena, size + 1);
    put(out, d, size);
    add(p, oids[d->kind].type, out, size);
}

/* One dimension from 1 on: dimensions, nulls?, type, length, lower bound; then
 * each item with its size, -1 for NULL. */
void
wr_pg_array(struct pg_params *p, enum wr_datum_kind kind,
            const struct wr_datum *items, size_t n)
{
    size_t total = 20;
    char *out, *at;

    for (size_t i = 0; i < n; i++)
        total += 4 + size_of(&items[i]);
    out = at = wr_arena_alloc(p->arena, total);
    put_int(at, 1, 4);
    put_int(at + 4, 1, 4);
    put_int(at + 8, oids[kind].type, 4);
    put_int(at + 12, (int64_t)n, 4);
    put_int(at + 16, 1, 4);
    at += 20;
    for (size_t i = 0; i < n; i++) {
        size_t size = size_of(&items[i]);

        put_int(at, items[i].null ? -1 : (int64_t)size, 4);
        put(at + 4, &items[i], size);
        at += 4 + size;
    }
    add(p, oids[kind].array, out, total);
}

static void
read_datum(const PGresult *res, int row, int column, struct wr_datum *d)
{
    d->null = PQgetisnull(res, row, column);
    d->p = PQgetvalue(res, row, column);
    d->len = (size_t)PQgetlength(res, row, column);
    if (d->kind == WR_D_INT4 || d->kind == WR_D_INT8)
        d->i = get_int(d->p, (int)d->len);
}

void
wr_pg_read(const PGresult *res, struct wr_found *f)
{
    for (int r = 0; r < PQntuples(res); r++) {
        void *row = wr_found_add(f);

        for (int i = 0; i < f->record->n_read; i++) {
            const struct wr_column *c = &f->record->columns[i];
            struct wr_datum d = { .kind = wr_column_kind(c) };

            read_datum(res, r, i, &d);
            wr_column_set(c, row, f->arena, &d);
        }
    }
}

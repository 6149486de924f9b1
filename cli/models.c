#include "cli/models.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/str.h"

enum {
    MODELS = 1000 /* in one folder */
};

const struct wr_xml_limits wr_models_limits = {
    .max_bytes = 64u << 20,
    .max_depth = 256,
};

static int
add(struct wr_arena *a, const char *path, struct wr_dmn_source *out,
    struct wr_err *err)
{
    struct wr_str bytes;

    if (wr_cli_read(a, path, &bytes, err) < 0)
        return err->code;
    *out = (struct wr_dmn_source){ path, wr_str_text(&bytes), bytes.len };

    return 0;
}

static bool
is_model(const char *name)
{
    size_t n = strlen(name);

    return n > 4 && strcmp(name + n - 4, ".dmn") == 0;
}

static int
by_name(const void *x, const void *y)
{
    const struct wr_dmn_source *a = x, *b = y;

    return strcmp(a->name, b->name);
}

static int
add_folder(struct wr_arena *a, DIR *d, const char *folder, const char *main,
           struct wr_dmn_source *sources, size_t *n, struct wr_err *err)
{
    struct dirent *e;

    while (*n < MODELS && (e = readdir(d))) {
        const char *path = wr_arena_printf(a, "%s%s", folder, e->d_name);

        if (!is_model(e->d_name) || strcmp(path, main) == 0)
            continue;
        if (add(a, path, &sources[*n], err) < 0)
            return err->code;
        ++*n;
    }

    return 0;
}

int
wr_models_load(struct wr_arena *a, const char *path,
               struct wr_findings *findings, const struct wr_dmn **out,
               struct wr_err *err)
{
    struct wr_dmn_source *sources = wr_newn(a, struct wr_dmn_source, MODELS);
    const char *slash = strrchr(path, '/'), *folder = "";
    size_t n = 0;
    int r = 0;
    DIR *d;

    if (add(a, path, &sources[n++], err) < 0)
        return err->code;
    if (slash)
        folder = wr_arena_strndup(a, path, (size_t)(slash - path) + 1);
    d = strcmp(path, "-") == 0 ? NULL : opendir(*folder ? folder : ".");
    if (d) {
        r = add_folder(a, d, folder, path, sources, &n, err);
        closedir(d);
    }
    if (r < 0)
        return r;
    qsort(sources + 1, n - 1, sizeof(*sources), by_name);

    return wr_dmn_read(a, sources, n, &wr_models_limits, findings, out, err);
}

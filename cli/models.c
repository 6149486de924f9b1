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

static int
is_model(const struct dirent *e)
{
    size_t n = strlen(e->d_name);

    return n > 4 && strcmp(e->d_name + n - 4, ".dmn") == 0;
}

static int
add_folder(struct wr_arena *a, const char *folder, const char *main,
           struct wr_dmn_source *sources, size_t *n, struct wr_err *err)
{
    struct dirent **names;
    int found = scandir(*folder ? folder : ".", &names, is_model, alphasort);
    int r = 0;

    for (int i = 0; i < found; i++) {
        const char *path = wr_arena_printf(a, "%s%s", folder, names[i]->d_name);

        if (r == 0 && *n < MODELS && strcmp(path, main) != 0)
            r = add(a, path, &sources[(*n)++], err);
        free(names[i]);
    }
    if (found >= 0)
        free(names);

    return r;
}

int
wr_models_load(struct wr_arena *a, const char *path,
               struct wr_findings *findings, const struct wr_dmn **out,
               struct wr_err *err)
{
    struct wr_dmn_source *sources = wr_newn(a, struct wr_dmn_source, MODELS);
    const char *slash = strrchr(path, '/'), *folder = "";
    size_t n = 0;

    if (add(a, path, &sources[n++], err) < 0)
        return err->code;
    if (slash)
        folder = wr_arena_strndup(a, path, (size_t)(slash - path) + 1);
    if (strcmp(path, "-") != 0
        && add_folder(a, folder, path, sources, &n, err) < 0)
        return err->code;

    return wr_dmn_read(a, sources, n, &wr_models_limits, findings, out, err);
}

int
wr_models_beside(struct wr_arena *a, const char *path,
                 const struct wr_dmn ***out, size_t *n, struct wr_err *err)
{
    struct wr_dmn_source *sources = wr_newn(a, struct wr_dmn_source, MODELS);
    const char *slash = strrchr(path, '/'), *folder = "";
    size_t n_sources = 0;

    *n = 0;
    *out = wr_newn(a, const struct wr_dmn *, MODELS);
    if (strcmp(path, "-") == 0)
        return 0;
    if (slash)
        folder = wr_arena_strndup(a, path, (size_t)(slash - path) + 1);
    if (add_folder(a, folder, path, sources, &n_sources, err) < 0)
        return err->code;
    for (size_t i = 0; i < n_sources; i++) {
        struct wr_findings ignored = { .arena = a };
        struct wr_err why;

        if (wr_dmn_read(a, &sources[i], 1, &wr_models_limits, &ignored,
                        &(*out)[*n], &why)
            == 0)
            ++*n;
    }

    return 0;
}

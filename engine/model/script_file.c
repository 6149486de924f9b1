/*
 * script_file.c: scripts that stand in another file of the deployment
 * (camunda:resource).
 *
 *     deployment://total.feel     a file of the same deployment; so is a bare name
 *     classpath://total.feel      of a Java program: refused
 */

#include <string.h>

#include "engine/model/build.h"

bool
wr_script_is_file(const char *name)
{
    static const char *const ends[] = { ".feel", ".juel",   ".py", ".js",
                                        ".rb",   ".groovy", ".kts" };
    size_t n = strlen(name);

    for (size_t i = 0; i < WR_COUNT(ends); i++) {
        size_t len = strlen(ends[i]);

        if (n > len && strcmp(name + n - len, ends[i]) == 0)
            return true;
    }

    return false;
}

/* The name in the deployment; NULL: it is elsewhere. */
static const char *
name_of(const char *resource)
{
    static const char scheme[] = "deployment://";

    if (strncmp(resource, scheme, sizeof scheme - 1) == 0)
        return resource + sizeof scheme - 1;

    return strstr(resource, "://") || wr_expr_has_marks(resource) ? NULL
                                                                  : resource;
}

const char *
wr_build_resource(struct wr_build *b, const struct wr_xml *at,
                  const char *resource)
{
    const struct wr_bpmn_options *o = b->options;
    const char *name = name_of(resource), *bytes;
    size_t len;

    if (!name) {
        wr_build_found(b, WR_F_UNSUPPORTED_ATTRIBUTE, at,
                       "unsupported attribute 'resource=%.100s': a script is"
                       " a file of the deployment, deployment://NAME",
                       resource);
        return NULL;
    }
    if (o->file && o->file(o->files, b->arena, name, &bytes, &len))
        return wr_xml_trim(b->arena, wr_arena_strndup(b->arena, bytes, len));
    wr_build_found(b, WR_F_NO_SCRIPT_FILE, at,
                   "script '%.100s' is not deployed with it", name);

    return NULL;
}

/* weir-conformance-model SUITE MANIFEST: see static.h. */

#include <stdio.h>

#include "tests/conformance/static.h"

int
main(int argc, char **argv)
{
    if (argc != 3 || !conformance_is_static(argv[1])) {
        fprintf(stderr, "usage: weir-conformance-model "
                        "betsy-static|bpmnspector|miwg|structure"
                        " MANIFEST\n");
        return 2;
    }

    return conformance_static(argv[1], argv[2]);
}

/*
 * fuzz.h: one libFuzzer target, one file fuzz_<name>.c, one corpus/<name>/.
 *
 * A target has a line "fuzz-parts:" in its first comment: the folders or files,
 * from the top, whose C sources it is linked with.  build.sh does the rest.
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input. */
#define must(condition)   \
    do {                  \
        if (!(condition)) \
            abort();      \
    } while (0)

#endif

#include "tests/lib/t.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Check gives a test four seconds of wall clock, which a busy machine takes for
 * itself.  Its default is read when a test case is made, before t_main(). */
__attribute__((constructor)) static void
wait_longer(void)
{
    (void)setenv("CK_DEFAULT_TIMEOUT", "60", /* overwrite= */ 0);
}

int
t_main(const char *suite, ...)
{
    Suite *s = suite_create(suite);
    SRunner *sr;
    TCase *tc;
    va_list ap;
    int failed;

    va_start(ap, suite);
    while ((tc = va_arg(ap, TCase *)))
        suite_add_tcase(s, tc);
    va_end(ap);

    sr = srunner_create(s);
    srunner_set_tap(sr, "-");
    srunner_run_all(sr, CK_SILENT);
    failed = srunner_ntests_failed(sr);
    srunner_free(sr);

    return failed != 0;
}

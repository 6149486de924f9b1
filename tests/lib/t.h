/*
 * t.h: one Check program, TAP out.
 *
 * A test file lists its cases and hands them to t_main():
 *
 *     START_TEST(loads_what_it_wrote) { ... } END_TEST
 *
 *     int
 *     main(void)
 *     {
 *         TCase *tc = tcase_create("store (rows 28 35)");
 *
 *         tcase_add_test(tc, loads_what_it_wrote);
 *         return t_main("store", tc, NULL);
 *     }
 *
 * The case name carries the ACCEPTANCE rows its tests prove, "(rows 28 35)".
 */

#ifndef T_H
#define T_H

#include <check.h>

/* Run the cases (NULL ends the list); 0 when all passed. */
int t_main(const char *suite, ...) __attribute__((sentinel));

#endif

/*
 * zod as this console uses it, imported from nowhere else.  The small one, whose
 * checks are functions: what is not called is not loaded.  And zod compiles its
 * checks with eval where it may, the content security policy forbids eval, and
 * even asking is a violation.  So it is told before the first schema exists.
 */
import * as z from 'zod/mini';

z.config({ jitless: true });

export { z };

/* cases.h: the parts of the store's conformance suite, one a file. */

#ifndef CASES_H
#define CASES_H

#include "tests/conformance/fixture.h"

TCase *lookup_cases(void);    /* lookups.c: every noun, every member, cursors */
TCase *claim_cases(void);     /* claims.c: jobs and their leases */
TCase *change_cases(void);    /* changes.c: deployments, users, sessions */
TCase *decision_cases(void);  /* decisions.c: versions, states, pages */
TCase *handle_cases(void);    /* handles.c: several handles, reopening */
TCase *outbox_cases(void);    /* outbox.c: what steps owe, starts */
TCase *message_cases(void);   /* messages.c: kept ones, who waits for them */
TCase *letter_cases(void);    /* letters.c: dead ones, what they hold */
TCase *search_cases(void);    /* searches.c: conditions, order, pages */
TCase *upkeep_cases(void);    /* upkeep.c: what is over goes */
TCase *migration_cases(void); /* handles.c: the schema's version */

#endif

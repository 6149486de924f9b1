/* openapi.h: the route and field tables as OpenAPI 3.1 and as a page. */

#ifndef WR_OPENAPI_H
#define WR_OPENAPI_H

#include "fcgi_workers/route.h"

/* JSON, two blanks of indent, a newline at the end; the same every time. */
void wr_openapi_json(struct wr_str *out);

/* The same for people: one self-contained HTML page without scripts. */
void wr_openapi_page(struct wr_str *out);

#endif

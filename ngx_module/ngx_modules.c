/* ngx_modules: the list nginx looks for in a dynamic module. */

#include <ngx_config.h>
#include <ngx_core.h>


extern ngx_module_t  ngx_http_weir_module;

extern ngx_module_t  *ngx_modules[];
extern char          *ngx_module_names[];
extern char          *ngx_module_order[];


ngx_module_t *ngx_modules[] = {
    &ngx_http_weir_module,
    NULL
};

char *ngx_module_names[] = {
    (char *) "ngx_http_weir_module",
    NULL
};

char *ngx_module_order[] = {
    NULL
};

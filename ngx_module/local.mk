# ngx_module: sources and programs of this part.

# ngx_module: the dynamic module for the distribution's nginx.
#
# nginx-dev ships headers and a configure script, no objects.  Its configure is
# run once, only to write ngx_auto_config.h with the distribution's own flags:
# the same header gives the same binary signature, which nginx checks at load.
WEIR_JWT_SOURCES = \
	ngx_module/weir_json.c ngx_module/weir_json.h \
	ngx_module/weir_jwt.c ngx_module/weir_jwt.h \
	ngx_module/weir_jwt_refusals.def

if NGX_MODULE
ngxmoddir = $(NGX_MODULE_DIR)
ngxmod_LTLIBRARIES = ngx_http_weir_module.la
ngx_http_weir_module_la_SOURCES = \
	ngx_module/ngx_http_weir_auth.c \
	ngx_module/ngx_http_weir_hub.c \
	ngx_module/ngx_http_weir_metrics.c \
	ngx_module/ngx_http_weir_module.c \
	ngx_module/ngx_http_weir_module.h \
	ngx_module/ngx_http_weir_parse.c \
	ngx_module/ngx_http_weir_park.c ngx_module/ngx_http_weir_park.h \
	ngx_module/ngx_http_weir_problem.c \
	ngx_module/ngx_http_weir_topic.c \
	ngx_module/ngx_modules.c \
	ngx_module/weir_problems.def \
	ngx_module/weir_route.c ngx_module/weir_route.h \
	$(WEIR_JWT_SOURCES)
# nginx's headers are the system's: warnings in them are not ours to mend.  Its
# handlers have fixed signatures and it is not built with sanitizers.
ngx_http_weir_module_la_CPPFLAGS = -I$(top_srcdir) -I$(top_builddir) \
	-isystem ngx_module/objs $(NGX_CPPFLAGS)
ngx_http_weir_module_la_CFLAGS = -std=gnu17 $(WARN_CFLAGS) \
	-Wno-unused-parameter -Wno-write-strings $(WERROR_CFLAGS) $(CRYPTO_CFLAGS)
ngx_http_weir_module_la_LDFLAGS = -module -avoid-version -shared \
	-Wl,-z,relro -Wl,-z,now
ngx_http_weir_module_la_LIBADD = $(CRYPTO_LIBS)

$(ngx_http_weir_module_la_OBJECTS): ngx_module/objs/ngx_auto_config.h

ngx_module/objs/ngx_auto_config.h: $(NGX_SRC)/conf_flags
	$(AM_V_GEN)mkdir -p ngx_module/objs && \
	objs=$(abs_builddir)/ngx_module/objs && \
	cd $(NGX_SRC) && bash -c '. ./conf_flags; ./configure \
	    --with-cc-opt=-fPIC --with-ld-opt=-fPIC --builddir="$$1" \
	    "$${NGX_CONF_FLAGS[@]}"' configure "$$objs" \
	    >"$$objs/configure.log" 2>&1 || { tail "$$objs/configure.log"; exit 1; }

# nginx itself says whether it would load what we built.  (abs_builddir, not pwd:
# the way make was started may bear what the true path cannot, a space.)
all-local: ngx_module/loads.stamp
ngx_module/loads.stamp: ngx_http_weir_module.la
	$(AM_V_GEN)mkdir -p ngx_module && \
	printf '%s\n' "load_module $(abs_builddir)/.libs/ngx_http_weir_module.so;" \
	    "pid $(abs_builddir)/ngx_module/loads.pid;" "error_log stderr;" \
	    "events {}" > ngx_module/loads.conf && \
	$(NGINX) -q -t -p $(abs_builddir)/ngx_module \
	    -c $(abs_builddir)/ngx_module/loads.conf && \
	touch $@

install-data-hook:
	rm -f "$(DESTDIR)$(NGX_MODULE_DIR)/ngx_http_weir_module.la"

uninstall-hook:
	rm -f "$(DESTDIR)$(NGX_MODULE_DIR)/ngx_http_weir_module.so"

clean-local:
	rm -rf ngx_module/objs ngx_module/loads.*
endif

EXTRA_DIST += ngx_module/.clang-format

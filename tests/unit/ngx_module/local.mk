# tests/unit/ngx_module: the parts of the module that know no nginx.
check_PROGRAMS += tests/unit/ngx_module/test_jwt
tests_unit_ngx_module_test_jwt_SOURCES = tests/unit/ngx_module/test_jwt.c \
	$(WEIR_JWT_SOURCES)
tests_unit_ngx_module_test_jwt_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) \
	$(CRYPTO_CFLAGS)
tests_unit_ngx_module_test_jwt_LDADD = libt.la $(CHECK_LIBS) $(CRYPTO_LIBS)

check_PROGRAMS += tests/unit/ngx_module/test_route
tests_unit_ngx_module_test_route_SOURCES = tests/unit/ngx_module/test_route.c \
	ngx_module/weir_route.c ngx_module/weir_route.h
tests_unit_ngx_module_test_route_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_ngx_module_test_route_LDADD = libt.la $(CHECK_LIBS)

# tests/unit/fcgi_workers: the parts of the worker that need no server.
WORKER_LIBS = libt.la libworker.la libweir.la
check_PROGRAMS += tests/unit/fcgi_workers/test_field
tests_unit_fcgi_workers_test_field_SOURCES = \
	tests/unit/fcgi_workers/test_field.c
tests_unit_fcgi_workers_test_field_LDADD = $(WORKER_LIBS)
check_PROGRAMS += tests/unit/fcgi_workers/test_multipart
tests_unit_fcgi_workers_test_multipart_SOURCES = \
	tests/unit/fcgi_workers/test_multipart.c
tests_unit_fcgi_workers_test_multipart_LDADD = $(WORKER_LIBS)
check_PROGRAMS += tests/unit/fcgi_workers/test_login
tests_unit_fcgi_workers_test_login_SOURCES = \
	tests/unit/fcgi_workers/test_login.c
tests_unit_fcgi_workers_test_login_LDADD = $(WORKER_LIBS)
check_PROGRAMS += tests/unit/fcgi_workers/test_route
tests_unit_fcgi_workers_test_route_SOURCES = \
	tests/unit/fcgi_workers/test_route.c
tests_unit_fcgi_workers_test_route_LDADD = $(WORKER_LIBS)
check_PROGRAMS += tests/unit/fcgi_workers/test_hub
tests_unit_fcgi_workers_test_hub_SOURCES = tests/unit/fcgi_workers/test_hub.c
tests_unit_fcgi_workers_test_hub_LDADD = $(WORKER_LIBS)
check_PROGRAMS += tests/unit/fcgi_workers/test_suspects
tests_unit_fcgi_workers_test_suspects_SOURCES = \
	tests/unit/fcgi_workers/test_suspects.c
tests_unit_fcgi_workers_test_suspects_LDADD = $(WORKER_LIBS)

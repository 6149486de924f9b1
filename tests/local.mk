# Unit tests: one Check program a source file; each layer lists its own.
check_LTLIBRARIES += libt.la
libt_la_SOURCES = tests/lib/t.c tests/lib/t.h
libt_la_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
libt_la_LIBADD = $(CHECK_LIBS)
LDADD = libt.la libweir.la

include tests/unit/base/local.mk
include tests/unit/net/local.mk
include tests/unit/lock/local.mk
include tests/unit/queue/local.mk
include tests/unit/model/local.mk
include tests/unit/feel/local.mk
include tests/unit/form/local.mk
include tests/unit/dmn/local.mk
include tests/unit/exec/local.mk
include tests/unit/store/local.mk
include tests/unit/runtime/local.mk
include tests/unit/fcgi_workers/local.mk
include tests/unit/ngx_module/local.mk
include tests/conformance/local.mk
include tests/unit/scheduler/local.mk
include tests/crash/local.mk
include tests/timers/local.mk
include tests/race/local.mk
include tests/sim/local.mk
include tests/chaos/local.mk
include tests/fuzz/local.mk

# A worker that echoes, for tests of the edge alone.
noinst_PROGRAMS += tests/lib/fcgi_echo
tests_lib_fcgi_echo_SOURCES = tests/lib/fcgi_echo.c
tests_lib_fcgi_echo_CFLAGS = $(AM_CFLAGS) $(FCGI_CFLAGS)
tests_lib_fcgi_echo_LDADD = $(FCGI_LIBS)

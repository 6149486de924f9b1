# tests/crash: the runtime killed at work; tests/suites/45-crash runs it.  The
# files with crash points are compiled for it with the points in.
noinst_PROGRAMS += tests/crash/weir-crash
tests_crash_weir_crash_CPPFLAGS = $(AM_CPPFLAGS) -DWEIR_CRASH_POINTS=1
tests_crash_weir_crash_SOURCES = \
	tests/crash/check.c tests/crash/crash.h \
	tests/crash/disk.c tests/crash/disk.h \
	tests/crash/load.c \
	tests/crash/main.c \
	engine/runtime/committer.c \
	engine/store/pgsql_commit.c \
	engine/store/sqlite_commit.c
tests_crash_weir_crash_LDADD = libweir.la

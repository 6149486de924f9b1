# tests/chaos: worker and scheduler with crash points in, and with a rule of the
# protocol left out when WEIR_SABOTAGE says so; and what reads a store from
# outside and checks its invariants.  tests/suites/45-crash-points and 46-chaos
# and ./dev chaos run them.  Never installed.
noinst_PROGRAMS += tests/chaos/weir-worker tests/chaos/weir-scheduler \
	tests/chaos/weir-invariants

tests_chaos_weir_worker_CPPFLAGS = $(AM_CPPFLAGS) -DWEIR_CRASH_POINTS=1
tests_chaos_weir_worker_CFLAGS = $(libworker_la_CFLAGS)
tests_chaos_weir_worker_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=wr_store_commit
tests_chaos_weir_worker_SOURCES = \
	tests/chaos/sabotage_worker.c \
	tests/crash/sabotage.c tests/crash/sabotage.h \
	fcgi_workers/main.c \
	fcgi_workers/announce.c \
	fcgi_workers/internal.c \
	fcgi_workers/jobs.c \
	fcgi_workers/request.c \
	engine/exec/eval.c \
	engine/runtime/archive.c \
	engine/runtime/buffer.c \
	engine/runtime/committer.c \
	engine/runtime/deploy.c \
	engine/runtime/owed.c \
	engine/store/pgsql_commit.c \
	engine/store/sqlite_commit.c \
	engine/store/sqlstore.c \
	engine/store/upkeep.c
tests_chaos_weir_worker_LDADD = libworker.la

tests_chaos_weir_scheduler_CPPFLAGS = $(AM_CPPFLAGS) -DWEIR_CRASH_POINTS=1
tests_chaos_weir_scheduler_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=wr_scan_merge
tests_chaos_weir_scheduler_SOURCES = tests/chaos/sabotage_scheduler.c \
	$(weir_scheduler_SOURCES)
tests_chaos_weir_scheduler_LDADD = libslot.la libweir.la

tests_chaos_weir_invariants_SOURCES = tests/chaos/invariants.c
tests_chaos_weir_invariants_LDADD = libweir.la

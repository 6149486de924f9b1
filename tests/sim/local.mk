# tests/sim: a cluster simulated from a seed; tests/suites/46-simulation runs it.
noinst_PROGRAMS += tests/sim/weir-sim
tests_sim_weir_sim_SOURCES = \
	tests/crash/check.c tests/crash/crash.h \
	tests/crash/sabotage.c tests/crash/sabotage.h \
	tests/sim/check.c tests/sim/lock.c tests/sim/main.c \
	tests/sim/models.c tests/sim/node.c tests/sim/people.c \
	tests/sim/scheduler.c tests/sim/sim.h tests/sim/store.c \
	tests/sim/world.c
tests_sim_weir_sim_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=wr_store_open
tests_sim_weir_sim_LDADD = libweir.la

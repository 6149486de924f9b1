# tests/timers: what tests of timers ask.
noinst_PROGRAMS += tests/timers/weir-when
tests_timers_weir_when_SOURCES = tests/timers/when.c
tests_timers_weir_when_LDADD = libweir.la

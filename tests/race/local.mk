# tests/race: processes that race publishing, waiting and giving up on one
# store; tests/suites/55-message-race runs it.
noinst_PROGRAMS += tests/race/weir-race
tests_race_weir_race_SOURCES = \
	tests/race/main.c tests/race/racer.c tests/race/race.h \
	tests/race/verdict.c
tests_race_weir_race_LDADD = libweir.la
# What messages cost where many wait; tests/suites/55-message-crowd runs it.
noinst_PROGRAMS += tests/race/weir-crowd
tests_race_weir_crowd_SOURCES = tests/race/crowd.c
tests_race_weir_crowd_CFLAGS = $(AM_CFLAGS) $(SQLITE_CFLAGS)
tests_race_weir_crowd_LDADD = libweir.la $(SQLITE_LIBS)

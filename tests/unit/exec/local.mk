# tests/unit/exec: the engine, one Check program a subject.
EXEC_WORLD = tests/unit/exec/world.c tests/unit/exec/world.h
check_PROGRAMS += tests/unit/exec/test_step
tests_unit_exec_test_step_SOURCES = tests/unit/exec/test_step.c $(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_events
tests_unit_exec_test_events_SOURCES = tests/unit/exec/test_events.c \
	$(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_random
tests_unit_exec_test_random_SOURCES = tests/unit/exec/test_random.c \
	$(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_replay
tests_unit_exec_test_replay_SOURCES = tests/unit/exec/test_replay.c \
	$(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_golden
tests_unit_exec_test_golden_SOURCES = tests/unit/exec/test_golden.c \
	tests/unit/exec/golden_runs.c tests/unit/exec/golden_states.c \
	tests/unit/exec/golden_undo.c tests/unit/exec/golden.h \
	$(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_spill
tests_unit_exec_test_spill_SOURCES = tests/unit/exec/test_spill.c \
	tests/unit/exec/spilled.c tests/unit/exec/spilled.h $(EXEC_WORLD)
check_PROGRAMS += tests/unit/exec/test_spill_stored
tests_unit_exec_test_spill_stored_SOURCES = \
	tests/unit/exec/test_spill_stored.c tests/unit/exec/spilled.c \
	tests/unit/exec/spilled.h $(EXEC_WORLD)
EXTRA_DIST += tests/golden/spilled.txt tests/golden/spilled-pieces.txt \
	tests/golden/spilled-large.txt tests/golden/spilled-large-logs.txt \
	tests/golden/spilled-logs.txt \
	tests/golden/unfit.txt tests/golden/unfit-history.txt
EXTRA_DIST += tests/golden/instance.txt tests/golden/history.txt \
	tests/golden/scopes.txt tests/golden/scopes-history.txt \
	tests/golden/ad-hoc.txt tests/golden/ad-hoc-history.txt \
	tests/golden/held.txt tests/golden/held-history.txt \
	tests/golden/moved.txt tests/golden/moved-history.txt \
	tests/golden/people.txt tests/golden/people-history.txt \
	tests/golden/talks.txt tests/golden/talks-history.txt \
	tests/golden/told.txt tests/golden/told-history.txt \
	tests/golden/timeout.txt tests/golden/timeout-history.txt \
	tests/golden/undone.txt tests/golden/undone-history.txt \
	tests/golden/several.txt tests/golden/several-history.txt

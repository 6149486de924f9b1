# tests/unit/runtime: the runtime on real stores.
RIG = tests/unit/runtime/rig.c tests/unit/runtime/rig.h
check_PROGRAMS += tests/unit/runtime/test_runtime
tests_unit_runtime_test_runtime_SOURCES = \
	tests/unit/runtime/test_runtime.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_bounds
tests_unit_runtime_test_bounds_SOURCES = \
	tests/unit/runtime/test_bounds.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_endless
tests_unit_runtime_test_endless_SOURCES = \
	tests/unit/runtime/test_endless.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_starved
tests_unit_runtime_test_starved_SOURCES = \
	tests/unit/runtime/test_starved.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_call_undo
tests_unit_runtime_test_call_undo_SOURCES = \
	tests/unit/runtime/test_call_undo.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_calls
tests_unit_runtime_test_calls_SOURCES = \
	tests/unit/runtime/test_calls.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_due
tests_unit_runtime_test_due_SOURCES = tests/unit/runtime/test_due.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_decisions
tests_unit_runtime_test_decisions_SOURCES = \
	tests/unit/runtime/test_decisions.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_timers
tests_unit_runtime_test_timers_SOURCES = \
	tests/unit/runtime/test_timers.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_outcome
tests_unit_runtime_test_outcome_SOURCES = \
	tests/unit/runtime/test_outcome.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_threads
tests_unit_runtime_test_threads_SOURCES = \
	tests/unit/runtime/test_threads.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_values
tests_unit_runtime_test_values_SOURCES = \
	tests/unit/runtime/test_values.c $(RIG)
check_PROGRAMS += tests/unit/runtime/test_limits
tests_unit_runtime_test_limits_SOURCES = \
	tests/unit/runtime/test_limits.c $(RIG)

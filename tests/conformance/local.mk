# tests/conformance: what every backend promises.
check_PROGRAMS += tests/conformance/test_store
tests_conformance_test_store_SOURCES = tests/conformance/test_store.c \
	tests/conformance/cases.h \
	tests/conformance/changes.c tests/conformance/claims.c \
	tests/conformance/decisions.c \
	tests/conformance/handles.c tests/conformance/lookups.c \
	tests/conformance/letters.c tests/conformance/messages.c \
	tests/conformance/outbox.c tests/conformance/searches.c \
	tests/conformance/upkeep.c \
	tests/conformance/fixture.c tests/conformance/fixture.h
check_PROGRAMS += tests/conformance/test_bounds
tests_conformance_test_bounds_SOURCES = tests/conformance/test_bounds.c \
	tests/conformance/cost.c tests/conformance/cost.h \
	tests/conformance/fixture.c tests/conformance/fixture.h
check_PROGRAMS += tests/conformance/test_costs
tests_conformance_test_costs_SOURCES = tests/conformance/test_costs.c \
	tests/conformance/cost.c tests/conformance/cost.h \
	tests/unit/runtime/rig.c tests/unit/runtime/rig.h
check_PROGRAMS += tests/conformance/test_faults
tests_conformance_test_faults_SOURCES = tests/conformance/test_faults.c \
	tests/conformance/fixture.c tests/conformance/fixture.h
# Files judged without running them; tests/suites/20-bpmn-static runs it.
noinst_PROGRAMS += tests/conformance/weir-conformance-model
tests_conformance_weir_conformance_model_SOURCES = \
	tests/conformance/model_main.c \
	tests/conformance/static.c tests/conformance/static.h
tests_conformance_weir_conformance_model_LDADD = libweir.la
# Inclusive joins against the path definition; tests/suites/25-orjoin runs it.
noinst_PROGRAMS += tests/conformance/orjoin
tests_conformance_orjoin_SOURCES = tests/conformance/orjoin.c
tests_conformance_orjoin_LDADD = libweir.la
# Models that are executed: tests/suites/35-scenarios and 36-betsy run it.
noinst_PROGRAMS += weir-conformance
weir_conformance_SOURCES = \
	tests/conformance/static.c tests/conformance/static.h \
	tests/conformance/weir_conformance.c
weir_conformance_LDADD = libweir-cli.la libweir.la

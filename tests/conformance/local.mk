# tests/conformance: what every backend promises.
check_PROGRAMS += tests/conformance/test_store
tests_conformance_test_store_SOURCES = tests/conformance/test_store.c \
	tests/conformance/fixture.c tests/conformance/fixture.h

# tests/unit/dmn: what a reader of models promises; what they mean is tested by
# tests/dmn and the DMN TCK (tests/suites/34-dmn).
check_PROGRAMS += tests/unit/dmn/test_dmn tests/unit/dmn/test_coverage \
	tests/unit/dmn/test_coverage_random tests/unit/dmn/test_rules
COVERAGE = tests/unit/dmn/coverage.c tests/unit/dmn/coverage.h
tests_unit_dmn_test_coverage_SOURCES = \
	tests/unit/dmn/test_coverage.c $(COVERAGE)
tests_unit_dmn_test_coverage_random_SOURCES = \
	tests/unit/dmn/test_coverage_random.c $(COVERAGE)
EXTRA_DIST += tests/dmn

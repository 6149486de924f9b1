# tests/unit/dmn: what a reader of models promises; what they mean is tested by
# tests/dmn and the DMN TCK (tests/suites/34-dmn).
check_PROGRAMS += tests/unit/dmn/test_dmn tests/unit/dmn/test_coverage \
	tests/unit/dmn/test_rules
EXTRA_DIST += tests/dmn

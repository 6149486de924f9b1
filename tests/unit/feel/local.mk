# tests/unit/feel: the contract of feel.h, and the triples of tests/feel.
check_PROGRAMS += tests/unit/feel/test_feel
tests_unit_feel_test_feel_SOURCES = tests/unit/feel/test_feel.c
check_PROGRAMS += tests/unit/feel/test_triples
tests_unit_feel_test_triples_SOURCES = tests/unit/feel/test_triples.c
check_PROGRAMS += tests/unit/feel/test_allocs
tests_unit_feel_test_allocs_SOURCES = tests/unit/feel/test_allocs.c
EXTRA_DIST += tests/feel/README.md tests/feel/core.txt tests/feel/builtins.txt \
	tests/feel/examples.txt tests/feel/issue.txt \
	tests/feel/unary.txt tests/feel/juel.txt tests/feel/python.txt

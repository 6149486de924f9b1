# tests/unit/store: the stores from the inside.
check_PROGRAMS += tests/unit/store/test_memory
tests_unit_store_test_memory_SOURCES = tests/unit/store/test_memory.c

# tests/unit/scheduler: what the scheduler holds in memory.
check_PROGRAMS += tests/unit/scheduler/test_heap
tests_unit_scheduler_test_heap_SOURCES = tests/unit/scheduler/test_heap.c \
	scheduler/heap.c scheduler/peers.c

check_PROGRAMS += tests/unit/scheduler/test_fair
tests_unit_scheduler_test_fair_SOURCES = tests/unit/scheduler/test_fair.c \
	scheduler/fair.c

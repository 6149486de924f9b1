# tests/unit/scheduler: what the scheduler holds in memory.
check_PROGRAMS += tests/unit/scheduler/test_heap
tests_unit_scheduler_test_heap_SOURCES = tests/unit/scheduler/test_heap.c \
	scheduler/heap.c scheduler/peers.c

check_PROGRAMS += tests/unit/scheduler/test_fair
tests_unit_scheduler_test_fair_SOURCES = tests/unit/scheduler/test_fair.c \
	scheduler/fair.c

check_PROGRAMS += tests/unit/scheduler/test_shares
tests_unit_scheduler_test_shares_SOURCES = tests/unit/scheduler/test_shares.c \
	scheduler/shares.c scheduler/post.c
tests_unit_scheduler_test_shares_LDADD = libt.la libslot.la libweir.la

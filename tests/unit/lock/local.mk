# tests/unit/lock: locks and leases; with WEIR_TEST_REDIS on a Redis as well.
check_PROGRAMS += tests/unit/lock/test_lock
tests_unit_lock_test_lock_SOURCES = tests/unit/lock/test_lock.c
check_PROGRAMS += tests/unit/lock/test_lease
tests_unit_lock_test_lease_SOURCES = tests/unit/lock/test_lease.c
check_PROGRAMS += tests/unit/lock/test_away
tests_unit_lock_test_away_SOURCES = tests/unit/lock/test_away.c

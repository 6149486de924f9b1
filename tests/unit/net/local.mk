# tests/unit/net: one Check program a source file of engine/net.
check_PROGRAMS += tests/unit/net/test_link
tests_unit_net_test_link_SOURCES = tests/unit/net/test_link.c

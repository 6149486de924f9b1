# tests/unit/base: one Check program a source file of engine/base.
check_PROGRAMS += tests/unit/base/test_str
tests_unit_base_test_str_SOURCES = tests/unit/base/test_str.c
check_PROGRAMS += tests/unit/base/test_tlv
tests_unit_base_test_tlv_SOURCES = tests/unit/base/test_tlv.c
check_PROGRAMS += tests/unit/base/test_uuid
tests_unit_base_test_uuid_SOURCES = tests/unit/base/test_uuid.c
check_PROGRAMS += tests/unit/base/test_decimal
tests_unit_base_test_decimal_SOURCES = tests/unit/base/test_decimal.c
check_PROGRAMS += tests/unit/base/test_value
tests_unit_base_test_value_SOURCES = tests/unit/base/test_value.c
check_PROGRAMS += tests/unit/base/test_base64
tests_unit_base_test_base64_SOURCES = tests/unit/base/test_base64.c
check_PROGRAMS += tests/unit/base/test_json
tests_unit_base_test_json_SOURCES = tests/unit/base/test_json.c
check_PROGRAMS += tests/unit/base/test_time
tests_unit_base_test_time_SOURCES = tests/unit/base/test_time.c

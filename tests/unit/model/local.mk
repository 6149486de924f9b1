# tests/unit/model: one Check program a source file of engine/model.
check_PROGRAMS += tests/unit/model/test_xml
tests_unit_model_test_xml_SOURCES = tests/unit/model/test_xml.c
check_PROGRAMS += tests/unit/model/test_symbols
tests_unit_model_test_symbols_SOURCES = tests/unit/model/test_symbols.c
check_PROGRAMS += tests/unit/model/test_bpmn
tests_unit_model_test_bpmn_SOURCES = tests/unit/model/test_bpmn.c \
	tests/unit/model/read.c tests/unit/model/read.h
check_PROGRAMS += tests/unit/model/test_findings
tests_unit_model_test_findings_SOURCES = tests/unit/model/test_findings.c \
	tests/unit/model/read.c tests/unit/model/read.h
check_PROGRAMS += tests/unit/model/test_reach
tests_unit_model_test_reach_SOURCES = tests/unit/model/test_reach.c \
	tests/unit/model/read.c tests/unit/model/read.h
check_PROGRAMS += tests/unit/model/test_schema
tests_unit_model_test_schema_SOURCES = tests/unit/model/test_schema.c \
	tests/unit/model/read.c tests/unit/model/read.h
check_PROGRAMS += tests/unit/model/test_quotes
tests_unit_model_test_quotes_SOURCES = tests/unit/model/test_quotes.c \
	tests/unit/model/read.c tests/unit/model/read.h

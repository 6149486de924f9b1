# tests/unit/form: form-js and JSON Schema, what is enforced and what refused.
check_PROGRAMS += tests/unit/form/test_form
tests_unit_form_test_form_SOURCES = tests/unit/form/test_form.c \
	tests/unit/form/fill.c tests/unit/form/fill.h
check_PROGRAMS += tests/unit/form/test_form_js
tests_unit_form_test_form_js_SOURCES = tests/unit/form/test_form_js.c \
	tests/unit/form/fill.c tests/unit/form/fill.h
check_PROGRAMS += tests/unit/form/test_schema
tests_unit_form_test_schema_SOURCES = tests/unit/form/test_schema.c \
	tests/unit/form/fill.c tests/unit/form/fill.h

# tests/fuzz: libFuzzer targets; `make fuzz` builds them under fuzz/ with clang.
EXTRA_DIST += tests/fuzz tests/golden

fuzz: all
	CLANG= $(SHELL) "$(srcdir)/tests/fuzz/build.sh" . fuzz

.PHONY: fuzz

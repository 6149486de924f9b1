# Builds every fuzz target.  build.sh runs it in the output folder, where `top`
# and `build` are links, so that no path here can hold a blank.

CLANG ?= clang-14
PACKAGES = libxml-2.0 sqlite3 libpq icu-i18n icu-uc json-c libcrypto \
	libcurl fcgi libxcrypt
CFLAGS = -std=gnu17 -g -O1 -pthread -fno-omit-frame-pointer \
	-fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -Wall -Wextra
CPPFLAGS = -Itop -Ibuild -DHAVE_CONFIG_H -DDECIMAL_CALL_BY_REFERENCE=0 \
	-DDECIMAL_GLOBAL_ROUNDING=0 -DDECIMAL_GLOBAL_EXCEPTION_FLAGS=0 \
	$(shell pkg-config --cflags $(PACKAGES))
LIBS = $(shell pkg-config --libs $(PACKAGES)) -lbidgcc000 -lm

TARGETS = $(patsubst top/tests/fuzz/%.c,%,$(wildcard top/tests/fuzz/fuzz_*.c))

all: $(TARGETS)

# parts TARGET: its sources, from the folders and files of its fuzz-parts line.
parts = $(patsubst top/%,%,$(foreach p,$(shell \
	sed -n 's/^ \* fuzz-parts: //p' top/tests/fuzz/$(1).c),\
	$(if $(filter %.c,$(p)),top/$(p),$(wildcard top/$(p)/*.c))))

objects = $(patsubst %.c,obj/%.o,$(call parts,$(1)) tests/fuzz/$(1).c)

define program
$(1): $(call objects,$(1))
	$$(CLANG) -fsanitize=fuzzer,address,undefined -pthread -o $$@ $$^ $$(LIBS)
endef
$(foreach t,$(TARGETS),$(eval $(call program,$(t))))

obj/%.o: top/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(shell find obj -name '*.d' 2>/dev/null)

.PHONY: all

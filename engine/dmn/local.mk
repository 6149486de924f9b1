# engine/dmn: decision models.
libweir_la_SOURCES += \
	engine/dmn/between.c \
	engine/dmn/between.h \
	engine/dmn/boxed.c \
	engine/dmn/coverage.c \
	engine/dmn/coverage.h \
	engine/dmn/coverage_text.c \
	engine/dmn/coverage_walk.c \
	engine/dmn/decidable.c \
	engine/dmn/dmn.h \
	engine/dmn/domain.c \
	engine/dmn/domain.h \
	engine/dmn/drg.h \
	engine/dmn/eval.c \
	engine/dmn/look.c \
	engine/dmn/elements.def \
	engine/dmn/read.c \
	engine/dmn/rules.c \
	engine/dmn/rules.h \
	engine/dmn/rules_boxed.c \
	engine/dmn/rules_names.c \
	engine/dmn/rules_table.c \
	engine/dmn/table.c \
	engine/dmn/table.h \
	engine/dmn/table_read.c \
	engine/dmn/types.c

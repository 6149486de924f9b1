# engine/dmn: decision models.
libweir_la_SOURCES += \
	engine/dmn/boxed.c \
	engine/dmn/dmn.h \
	engine/dmn/drg.h \
	engine/dmn/eval.c \
	engine/dmn/look.c \
	engine/dmn/read.c \
	engine/dmn/table.c \
	engine/dmn/types.c

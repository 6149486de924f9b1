# engine/base: the vocabulary every part speaks.
libweir_la_SOURCES += \
	engine/base/arena.c engine/base/arena.h \
	engine/base/base.h \
	engine/base/err.c engine/base/err.h engine/base/errors.def

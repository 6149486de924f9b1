# engine/base: the vocabulary every part speaks.
libweir_la_SOURCES += \
	engine/base/arena.c engine/base/arena.h \
	engine/base/base.h \
	engine/base/decimal.c engine/base/decimal.h \
	engine/base/err.c engine/base/err.h engine/base/errors.def \
	engine/base/str.c engine/base/str.h \
	engine/base/tlv.c engine/base/tlv.h \
	engine/base/uuid.c engine/base/uuid.h \
	engine/base/value.c engine/base/value_code.c engine/base/value.h

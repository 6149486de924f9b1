# engine/project: what is folded from the history, beside the engine.
libweir_la_SOURCES += \
	engine/project/ended.c \
	engine/project/fold.c engine/project/fold.h \
	engine/project/leaves.c \
	engine/project/migrated.c \
	engine/project/projector.c engine/project/projector.h \
	engine/project/rows.c

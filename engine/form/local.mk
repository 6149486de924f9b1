# engine/form: forms and whether they are filled in.
libweir_la_SOURCES += \
	engine/form/check.h \
	engine/form/component.c engine/form/component.h \
	engine/form/components.def \
	engine/form/form.c engine/form/form.h \
	engine/form/form_js.c \
	engine/form/form_js_read.c \
	engine/form/formats.c \
	engine/form/generate.c \
	engine/form/keywords.def \
	engine/form/schema.c engine/form/schema.h \
	engine/form/schema_parts.c \
	engine/form/schema_read.c

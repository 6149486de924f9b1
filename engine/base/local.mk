# engine/base: the vocabulary every part speaks.
libweir_la_SOURCES += \
	engine/base/arena.c engine/base/arena.h \
	engine/base/base.h \
	engine/base/base64.c engine/base/base64.h \
	engine/base/config.c engine/base/config.h engine/base/settings.c \
	engine/base/settings.def engine/base/aliases.def \
	engine/base/crash.c engine/base/crash.h \
	engine/base/cron.c engine/base/cron_next.c engine/base/cron.h \
	engine/base/decimal.c engine/base/decimal.h \
	engine/base/duration.c \
	engine/base/err.c engine/base/err.h engine/base/errors.def \
	engine/base/hint.c engine/base/hint.h \
	engine/base/limit.c engine/base/limit.h engine/base/limits.def \
	engine/base/rate.c engine/base/rate.h \
	engine/base/json_read.c engine/base/json_type.c \
	engine/base/json_write.c engine/base/json.h \
	engine/base/log.c engine/base/log.h \
	engine/base/map.c engine/base/map.h \
	engine/base/retry.c engine/base/retry.h \
	engine/base/str.c engine/base/str.h \
	engine/base/time.c engine/base/time_text.c engine/base/time.h \
	engine/base/url.c engine/base/url.h \
	engine/base/tlv.c engine/base/tlv.h \
	engine/base/uuid.c engine/base/uuid.h \
	engine/base/value.c engine/base/value_code.c engine/base/value.h \
	engine/base/when.c engine/base/when.h \
	engine/base/zone.c engine/base/zone.h

# Prints docs/configuration.md.
noinst_PROGRAMS += docs/config-doc
docs_config_doc_SOURCES = docs/config_doc.c
docs_config_doc_LDADD = libweir.la

# engine/net: connections to servers.
libweir_la_SOURCES += \
	engine/net/amqp.c engine/net/amqp.h \
	engine/net/link.c engine/net/link.h \
	engine/net/redis.c engine/net/redis.h \
	engine/net/stream.c engine/net/stream.h

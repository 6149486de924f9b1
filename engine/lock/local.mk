# engine/lock: who works on what, among processes and hosts.
libweir_la_SOURCES += \
	engine/lock/lease.c engine/lock/lease.h \
	engine/lock/lock.c engine/lock/lock.h \
	engine/lock/memory.c \
	engine/lock/redis.c engine/lock/redis.h engine/lock/share.c \
	engine/lock/table.c engine/lock/table.h

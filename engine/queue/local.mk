# engine/queue: work that is handed over.
libweir_la_SOURCES += \
	engine/queue/amqp.c engine/queue/item.c engine/queue/item.h \
	engine/queue/memory.c \
	engine/queue/queue.c engine/queue/queue.h \
	engine/queue/topology.c engine/queue/topology.h

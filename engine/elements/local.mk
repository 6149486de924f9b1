# engine/elements: one file an element of elements.def.
libweir_la_SOURCES += \
	engine/elements/ad_hoc_sub_process.c \
	engine/elements/boundary_event.c \
	engine/elements/complex_gateway.c \
	engine/elements/call_activity.c \
	engine/elements/elements.def \
	engine/elements/end_event.c \
	engine/elements/event_gateway.c \
	engine/elements/exclusive_gateway.c \
	engine/elements/inclusive_gateway.c \
	engine/elements/intermediate_catch.c \
	engine/elements/intermediate_throw.c \
	engine/elements/parallel_gateway.c \
	engine/elements/receive_task.c \
	engine/elements/script_task.c \
	engine/elements/send_task.c \
	engine/elements/service_task.c \
	engine/elements/start_event.c \
	engine/elements/sub_process.c \
	engine/elements/table.c \
	engine/elements/table.h \
	engine/elements/task.c \
	engine/elements/user_task.c

# engine/exec: the token engine.
libweir_la_SOURCES += \
	engine/exec/boundary.c \
	engine/exec/codec.h \
	engine/exec/codec_tags.h \
	engine/exec/decode.c \
	engine/exec/effects.c \
	engine/exec/element.h \
	engine/exec/encode.c \
	engine/exec/eval.c \
	engine/exec/event_sub.c \
	engine/exec/exec.h \
	engine/exec/fault.c \
	engine/exec/handler.c \
	engine/exec/history.c \
	engine/exec/history.def \
	engine/exec/history.h \
	engine/exec/incident.h \
	engine/exec/incidents.def \
	engine/exec/instance.c \
	engine/exec/instance.h \
	engine/exec/job.c \
	engine/exec/join.c \
	engine/exec/loop.c \
	engine/exec/mapping.c \
	engine/exec/message.c \
	engine/exec/rows.h \
	engine/exec/run.c \
	engine/exec/state.h \
	engine/exec/step.c \
	engine/exec/step.h \
	engine/exec/task.c \
	engine/exec/timer.c \
	engine/exec/trace.c \
	engine/exec/tree.c \
	engine/exec/trigger.c \
	engine/exec/variables.c \
	engine/exec/wait.c

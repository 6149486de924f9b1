# engine/exec: the token engine.
libweir_la_SOURCES += \
	engine/exec/boundary.c \
	engine/exec/codec.c \
	engine/exec/effects.c \
	engine/exec/eval.c \
	engine/exec/fault.c \
	engine/exec/handler.c \
	engine/exec/history.c \
	engine/exec/instance.c \
	engine/exec/job.c \
	engine/exec/join.c \
	engine/exec/mapping.c \
	engine/exec/message.c \
	engine/exec/run.c \
	engine/exec/step.c \
	engine/exec/task.c \
	engine/exec/timer.c \
	engine/exec/trace.c \
	engine/exec/tree.c \
	engine/exec/variables.c \
	engine/exec/wait.c

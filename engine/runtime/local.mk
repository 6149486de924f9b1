# engine/runtime: load, step, commit, act.
libweir_la_SOURCES += \
	engine/runtime/buffer.c \
	engine/runtime/archive.c engine/runtime/archive.h \
	engine/runtime/archive_lines.c \
	engine/runtime/batch.c engine/runtime/batch.h \
	engine/runtime/committer.c \
	engine/runtime/correlate.c \
	engine/runtime/crowd.c \
	engine/runtime/decided.c \
	engine/runtime/decision.h \
	engine/runtime/decisions.c \
	engine/runtime/definitions.c \
	engine/runtime/deploy.c \
	engine/runtime/deploy.h \
	engine/runtime/deploy_decisions.c \
	engine/runtime/deploy_forms.c \
	engine/runtime/forms.c \
	engine/runtime/due.c \
	engine/runtime/explain.c \
	engine/runtime/family.c \
	engine/runtime/holds.c \
	engine/runtime/give.c engine/runtime/give.h \
	engine/runtime/hot.c \
	engine/runtime/admit.c \
	engine/runtime/large.c \
	engine/runtime/matched.c \
	engine/runtime/lost.c \
	engine/runtime/level.c engine/runtime/level.h \
	engine/runtime/migration.c \
	engine/runtime/outbox.c engine/runtime/outbox.h \
	engine/runtime/outbox_signal.c \
	engine/runtime/owed.c \
	engine/runtime/read.c \
	engine/runtime/runtime.c engine/runtime/runtime.h \
	engine/runtime/request.c \
	engine/runtime/restart.c \
	engine/runtime/retention.c engine/runtime/retention.h \
	engine/runtime/round.c \
	engine/runtime/slot.h \
	engine/runtime/seek.c engine/runtime/seek.h \
	engine/runtime/share.c engine/runtime/share.h \
	engine/runtime/spent.c \
	engine/runtime/begun.c \
	engine/runtime/meant.c \
	engine/runtime/start_met.c \
	engine/runtime/starts.c \
	engine/runtime/tagged.c \
	engine/runtime/turn.c \
	engine/runtime/trial.c \
	engine/runtime/versions.c

# engine/exec: the token engine.
libweir_la_SOURCES += \
	engine/exec/ad_hoc.c \
	engine/exec/behavior.c \
	engine/exec/boundary.c \
	engine/exec/call.c \
	engine/exec/call_undo.c \
	engine/exec/catch.c \
	engine/exec/codec.h \
	engine/exec/complex.c \
	engine/exec/codec_tags.h \
	engine/exec/compensation.c \
	engine/exec/compensation_order.c \
	engine/exec/condition.c \
	engine/exec/conversation.c \
	engine/exec/data.c \
	engine/exec/decide.c \
	engine/exec/decisions.c \
	engine/exec/decode.c \
	engine/exec/decode.h \
	engine/exec/decode_loop.c \
	engine/exec/decode_spill.c \
	engine/exec/decode_wait.c \
	engine/exec/earlier.c \
	engine/exec/effects.c \
	engine/exec/element.h \
	engine/exec/encode.c \
	engine/exec/eval.c engine/exec/about.c engine/exec/transient.c \
	engine/exec/event_sub.c \
	engine/exec/calls.h engine/exec/events.h engine/exec/exec.h \
	engine/exec/fault.h engine/exec/hold.h engine/exec/joins.h \
	engine/exec/listen.h engine/exec/running.h engine/exec/timers.h \
	engine/exec/undo.h engine/exec/undo_rows.c \
	engine/exec/values.h \
	engine/exec/explain.c \
	engine/exec/far.c \
	engine/exec/fault.c \
	engine/exec/handler.c \
	engine/exec/history.c \
	engine/exec/hear.c \
	engine/exec/hold.c \
	engine/exec/history.def \
	engine/exec/history.h \
	engine/exec/incident.h \
	engine/exec/incidents.def \
	engine/exec/index.c \
	engine/exec/index.h \
	engine/exec/instance.c \
	engine/exec/instance.h \
	engine/exec/interrupted.c \
	engine/exec/limits.c \
	engine/exec/job.c \
	engine/exec/join.c \
	engine/exec/listen.c \
	engine/exec/loop.c \
	engine/exec/mapping.c \
	engine/exec/message.c \
	engine/exec/migrate.c \
	engine/exec/migrate.h \
	engine/exec/migrate_check.c \
	engine/exec/migrate_map.c \
	engine/exec/migrate_move.c \
	engine/exec/migrate_part.c \
	engine/exec/migrate_scope.c \
	engine/exec/notice.c \
	engine/exec/modify.c \
	engine/exec/outcome.c \
	engine/exec/modify_scope.c \
	engine/exec/reopen.c \
	engine/exec/replay.c \
	engine/exec/replay.h \
	engine/exec/replay_compare.c engine/exec/replay_conditions.c \
	engine/exec/replay_fold.h \
	engine/exec/replay_joins.c \
	engine/exec/replay_log.c \
	engine/exec/rows.h \
	engine/exec/run.c \
	engine/exec/scope.c \
	engine/exec/spill.c \
	engine/exec/spill.h \
	engine/exec/start.c \
	engine/exec/state.h \
	engine/exec/step.c \
	engine/exec/step.h \
	engine/exec/suspend.c \
	engine/exec/task.c \
	engine/exec/task_act.c \
	engine/exec/terminate.c \
	engine/exec/throw.c \
	engine/exec/timeout.c \
	engine/exec/timer.c \
	engine/exec/timer_due.c engine/exec/before.c \
	engine/exec/trace.c \
	engine/exec/transaction.c \
	engine/exec/tree.c \
	engine/exec/trigger.c \
	engine/exec/unfit.c \
	engine/exec/variables.c \
	engine/exec/vars.c \
	engine/exec/wait.c \
	engine/exec/work.c

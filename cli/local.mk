# cli: weir, one file a command, one row in commands.def.  The runners of scripts
# are a library of their own, which the conformance programs link as well.
noinst_LTLIBRARIES += libweir-cli.la
libweir_cli_la_SOURCES = \
	cli/args.c cli/cli.h \
	cli/audit.c \
	cli/betsy.c cli/betsy.h \
	cli/fail.c \
	cli/flow.c cli/flow.h cli/flow_line.h \
	cli/flow_do.c \
	cli/flow_events.c \
	cli/flow_versions.c \
	cli/flow_holds.c \
	cli/flow_see.c \
	cli/folded.c \
	cli/handlers.c cli/handlers.h \
	cli/models.c cli/models.h \
	cli/play.c cli/play.h \
	cli/play_check.c \
	cli/play_events.c \
	cli/play_history.c \
	cli/play_steps.c \
	cli/play_texts.c \
	cli/play_vars.c \
	cli/scenario.c cli/scenario.h \
	cli/stage.c cli/stage.h \
	cli/tally.c cli/tally.h \
	cli/tck.c cli/tck.h

bin_PROGRAMS += weir
weir_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
weir_LDADD = libweir-cli.la libworker.la libweir.la $(CURL_LIBS)
weir_SOURCES = \
	cli/cmd_act.c cli/cmd_batch.c cli/cmd_dead_letter.c \
	cli/cmd_config.c \
	cli/cmd_decision.c \
	cli/cmd_definition.c \
	cli/cmd_deploy.c \
	cli/cmd_diagram.c \
	cli/cmd_dmn.c \
	cli/cmd_doctor.c \
	cli/cmd_feel.c \
	cli/cmd_lists.c \
	cli/cmd_explain.c \
	cli/cmd_history.c \
	cli/cmd_hold.c \
	cli/cmd_instance.c \
	cli/cmd_lint.c \
	cli/cmd_login.c \
	cli/cmd_modify.c \
	cli/cmd_notify.c \
	cli/cmd_versions.c \
	cli/cmd_projection.c cli/cmd_run.c \
	cli/cmd_show.c \
	cli/cmd_test.c \
	cli/cmd_user.c \
	cli/cmd_work.c \
	cli/commands.def \
	cli/home.c cli/home.h \
	cli/http.c \
	cli/print.c \
	cli/session.c \
	cli/weir.c

# cli: weir, one file a command, one row in commands.def.
bin_PROGRAMS += weir
weir_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
weir_LDADD = libworker.la libweir.la $(CURL_LIBS)
weir_SOURCES = \
	cli/args.c \
	cli/cli.h \
	cli/cmd_act.c \
	cli/cmd_config.c \
	cli/cmd_deploy.c \
	cli/cmd_doctor.c \
	cli/cmd_lists.c \
	cli/cmd_login.c \
	cli/cmd_show.c \
	cli/cmd_user.c \
	cli/cmd_work.c \
	cli/commands.def \
	cli/home.c cli/home.h \
	cli/http.c \
	cli/print.c \
	cli/session.c \
	cli/weir.c

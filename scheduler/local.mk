# scheduler: weir-scheduler.
sbin_PROGRAMS += weir-scheduler
weir_scheduler_SOURCES = \
	scheduler/due.c scheduler/due.h \
	scheduler/post.c scheduler/post.h scheduler/scan.c \
	scheduler/main.c
weir_scheduler_LDADD = libslot.la libweir.la

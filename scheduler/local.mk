# scheduler: weir-scheduler.
sbin_PROGRAMS += weir-scheduler
weir_scheduler_SOURCES = \
	scheduler/due.c scheduler/due.h \
	scheduler/main.c
weir_scheduler_LDADD = libslot.la libweir.la

# scheduler: weir-scheduler; libslot is how programs talk to a worker slot.
noinst_LTLIBRARIES += libslot.la
libslot_la_SOURCES = scheduler/slot_client.c scheduler/slot_client.h

sbin_PROGRAMS += weir-scheduler
weir_scheduler_SOURCES = \
	scheduler/due.c scheduler/due.h \
	scheduler/main.c
weir_scheduler_LDADD = libslot.la libweir.la

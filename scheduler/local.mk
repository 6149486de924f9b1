# scheduler: weir-scheduler.
sbin_PROGRAMS += weir-scheduler
weir_scheduler_SOURCES = \
	scheduler/due.c scheduler/due.h scheduler/scan.c scheduler/scan.h \
	scheduler/heap.c scheduler/heap.h \
	scheduler/peers.c scheduler/peers.h \
	scheduler/shares.c scheduler/shares.h \
	scheduler/given.c scheduler/given.h \
	scheduler/hand_out.c scheduler/lane.c scheduler/lane.h \
	scheduler/kinds.c scheduler/kinds.h \
	scheduler/lanes.c scheduler/lanes.h \
	scheduler/letters.c scheduler/letters.h \
	scheduler/post.c scheduler/post.h \
	scheduler/posts.c scheduler/posts.h scheduler/fair.c scheduler/fair.h \
	scheduler/status.c scheduler/status.h \
	scheduler/main.c
weir_scheduler_LDADD = libslot.la libweir.la

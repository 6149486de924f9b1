# fcgi_workers: weir-worker, and weir-openapi which prints its API.
# libslot is how programs talk to a slot, and to the servers they stand on.
noinst_LTLIBRARIES += libslot.la
libslot_la_SOURCES = \
	fcgi_workers/clock.c fcgi_workers/clock.h \
	fcgi_workers/servers.c fcgi_workers/servers.h \
	fcgi_workers/slot_client.c fcgi_workers/slot_client.h

noinst_LTLIBRARIES += libworker.la
libworker_la_CFLAGS = $(AM_CFLAGS) $(CRYPTO_CFLAGS) \
	$(CRYPT_CFLAGS) $(CURL_CFLAGS) $(FCGI_CFLAGS)
libworker_la_LIBADD = libslot.la libweir.la $(CRYPTO_LIBS) $(CRYPT_LIBS) \
	$(CURL_LIBS) $(FCGI_LIBS)
libworker_la_SOURCES = \
	fcgi_workers/announce.c fcgi_workers/announce.h \
	fcgi_workers/bridge.c fcgi_workers/bridge.h \
	fcgi_workers/auth.c \
	fcgi_workers/bulk.c fcgi_workers/bulk.h \
	fcgi_workers/change_json.c fcgi_workers/change_json.h \
	fcgi_workers/dead_keep.c fcgi_workers/dead_letter.h \
	fcgi_workers/dead_letters.c fcgi_workers/inbox.c \
	fcgi_workers/inbox.h fcgi_workers/inbox_read.c \
	fcgi_workers/decision_json.h \
	fcgi_workers/decisions.c \
	fcgi_workers/definition_json.h \
	fcgi_workers/definitions.c \
	fcgi_workers/deployments.c \
	fcgi_workers/evaluate.c \
	fcgi_workers/explain.c \
	fcgi_workers/expressions.c \
	fcgi_workers/field.c fcgi_workers/field.h \
	fcgi_workers/activities.c \
	fcgi_workers/filter.c fcgi_workers/filter.h \
	fcgi_workers/filter_variables.c \
	fcgi_workers/fresh.c fcgi_workers/fresh.h \
	fcgi_workers/history.c \
	fcgi_workers/hub.c fcgi_workers/hub.h \
	fcgi_workers/idempotency.c fcgi_workers/idempotency.h \
	fcgi_workers/incidents.c \
	fcgi_workers/inputs.c \
	fcgi_workers/instances.c \
	fcgi_workers/internal.c \
	fcgi_workers/late.c fcgi_workers/late.h \
	fcgi_workers/interventions.c fcgi_workers/interventions.h \
	fcgi_workers/instructions.h \
	fcgi_workers/migrate.c \
	fcgi_workers/modify.c \
	fcgi_workers/restart.c \
	fcgi_workers/retention.c fcgi_workers/retention.h \
	fcgi_workers/suspensions.c \
	fcgi_workers/batches.c \
	fcgi_workers/job_acts.c \
	fcgi_workers/jobs.c \
	fcgi_workers/timers.c \
	fcgi_workers/keeping.c fcgi_workers/kinds.c \
	fcgi_workers/login.c fcgi_workers/login.h \
	fcgi_workers/lookup.c fcgi_workers/lookup.h \
	fcgi_workers/messages.c \
	fcgi_workers/message_body.c fcgi_workers/message_body.h \
	fcgi_workers/published.c fcgi_workers/published.h \
	fcgi_workers/metrics.c fcgi_workers/metrics.h \
	fcgi_workers/multipart.c fcgi_workers/multipart.h \
	fcgi_workers/notifications.c \
	fcgi_workers/notify.c fcgi_workers/notify.h \
	fcgi_workers/notify_send.c fcgi_workers/notify_text.c \
	fcgi_workers/past_tasks.c \
	fcgi_workers/poison.c fcgi_workers/poison.h \
	fcgi_workers/suspects.c fcgi_workers/suspects.h \
	fcgi_workers/openapi.c fcgi_workers/openapi.h \
	fcgi_workers/openapi_page.c \
	fcgi_workers/park.c fcgi_workers/park.h \
	fcgi_workers/projection.c \
	fcgi_workers/removal.c fcgi_workers/request.c \
	fcgi_workers/resource.c fcgi_workers/resource.h \
	fcgi_workers/route.c fcgi_workers/route.h fcgi_workers/routes.def \
	fcgi_workers/schedulers.c fcgi_workers/schedulers.h \
	fcgi_workers/search.c fcgi_workers/search.h \
	fcgi_workers/server.c fcgi_workers/server.h \
	fcgi_workers/service.c fcgi_workers/service.h \
	fcgi_workers/system.c \
	fcgi_workers/tags.c fcgi_workers/tags.h \
	fcgi_workers/task_access.c \
	fcgi_workers/forms.c fcgi_workers/form_json.h \
	fcgi_workers/task_acts.c \
	fcgi_workers/task_history.c fcgi_workers/task_json.h \
	fcgi_workers/tasks.c \
	fcgi_workers/variable_history.c \
	fcgi_workers/variables.c \
	fcgi_workers/versions.c

sbin_PROGRAMS += weir-worker
weir_worker_SOURCES = fcgi_workers/main.c
weir_worker_LDADD = libworker.la

noinst_PROGRAMS += weir-openapi
weir_openapi_SOURCES = fcgi_workers/openapi_main.c
weir_openapi_LDADD = libworker.la

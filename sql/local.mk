# sql: schema and queries, compiled in by embed.awk.
# commit.sql defines parts that the others use, search.sql uses theirs.
SQL_QUERIES = sql/queries/commit.sql \
	sql/queries/batch.sql \
	sql/queries/dead_letter.sql \
	sql/queries/decision.sql \
	sql/queries/definition.sql \
	sql/queries/form.sql \
	sql/queries/history.sql \
	sql/queries/incident.sql \
	sql/queries/instance.sql \
	sql/queries/job.sql \
	sql/queries/outbox.sql \
	sql/queries/message.sql \
	sql/queries/projection.sql \
	sql/queries/schema.sql \
	sql/queries/spill.sql \
	sql/queries/subscription.sql \
	sql/queries/suspension.sql \
	sql/queries/task.sql \
	sql/queries/timer.sql \
	sql/queries/upkeep.sql \
	sql/queries/user.sql \
	sql/queries/search.sql
SQL_SCHEMA = sql/schema/0001_init.sql \
	sql/schema/0002_events.sql \
	sql/schema/0003_parent.sql \
	sql/schema/0004_task.sql \
	sql/schema/0005_form.sql \
	sql/schema/0006_suspension.sql \
	sql/schema/0007_tag.sql \
	sql/schema/0008_singleton.sql \
	sql/schema/0009_spill.sql \
	sql/schema/0010_decision.sql \
	sql/schema/0011_message.sql \
	sql/schema/0012_history.sql \
	sql/schema/0013_projection.sql \
	sql/schema/0014_job.sql \
	sql/schema/0015_batch.sql \
	sql/schema/0016_history_months.sql \
	sql/schema/0017_place.sql \
	sql/schema/0018_dead_letter.sql

EXTRA_DIST += sql/embed.awk $(SQL_QUERIES) $(SQL_SCHEMA)
BUILT_SOURCES += sql/queries.h sql/queries.inc sql/schema.inc
CLEANFILES += sql/queries.h sql/queries.inc sql/schema.inc

embed_sql = out=`pwd`/$@ && $(MKDIR_P) sql && cd $(srcdir) && \
	$(AWK) -f sql/embed.awk

sql/queries.h: $(SQL_QUERIES) sql/embed.awk
	$(AM_V_GEN)$(embed_sql) -v part=h $(SQL_QUERIES) >"$$out-t" && mv "$$out-t" "$$out"
sql/queries.inc: $(SQL_QUERIES) sql/embed.awk
	$(AM_V_GEN)$(embed_sql) -v part=c $(SQL_QUERIES) >"$$out-t" && mv "$$out-t" "$$out"
sql/schema.inc: $(SQL_SCHEMA) sql/embed.awk
	$(AM_V_GEN)$(embed_sql) -v part=schema $(SQL_SCHEMA) >"$$out-t" && mv "$$out-t" "$$out"

# engine/store: the contract and its backends.
libweir_la_SOURCES += \
	engine/store/backends.h \
	engine/store/batch.c engine/store/batch.h \
	engine/store/columns.c engine/store/columns.h \
	engine/store/dead_letter.c engine/store/memory_letter.c \
	engine/store/memory.c engine/store/memory.h \
	engine/store/memory_commit.c engine/store/memory_find.c \
	engine/store/match.c engine/store/match.h \
	engine/store/memory_batch.c engine/store/memory_offer.c \
	engine/store/memory_match.c engine/store/memory_message.c \
	engine/store/memory_search.c engine/store/memory_suspend.c \
	engine/store/memory_upkeep.c \
	engine/store/pgsql.c engine/store/pgsql.h \
	engine/store/pgsql_commit.c engine/store/pgsql_params.c \
	engine/store/project.c engine/store/project.h \
	engine/store/project_memory.c engine/store/project_ops.h \
	engine/store/project_records.c engine/store/project_sql.c \
	engine/store/query.c engine/store/query.h \
	engine/store/search.c engine/store/search.h \
	engine/store/search_match.c engine/store/search_sql.c \
	engine/store/search_variable.c \
	engine/store/sql.c engine/store/sql.h \
	engine/store/sqlite.c engine/store/sqlite.h \
	engine/store/sqlite_commit.c \
	engine/store/sqlstore.c engine/store/sqlstore.h \
	engine/store/store.c engine/store/store.h \
	engine/store/upkeep.c engine/store/url.c \
	engine/store/value_key.c engine/store/value_key.h
# Also when one target alone is made in an empty build folder.
$(libweir_la_OBJECTS): | sql/queries.h sql/queries.inc sql/schema.inc

# sql: sources and programs of this part.

# tests/unit/fcgi_workers: sources and programs of this part.

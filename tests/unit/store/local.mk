# tests/unit/store: sources and programs of this part.

# tests/unit/runtime: sources and programs of this part.

# tests/unit/base: sources and programs of this part.

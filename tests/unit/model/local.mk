# tests/unit/model: sources and programs of this part.

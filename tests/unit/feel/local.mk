# tests/unit/feel: sources and programs of this part.

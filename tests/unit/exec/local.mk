# tests/unit/exec: sources and programs of this part.

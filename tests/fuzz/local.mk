# tests/fuzz: sources and programs of this part.

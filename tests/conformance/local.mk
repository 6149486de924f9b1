# tests/conformance: sources and programs of this part.

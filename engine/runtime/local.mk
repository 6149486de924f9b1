# engine/runtime: sources and programs of this part.

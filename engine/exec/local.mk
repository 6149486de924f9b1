# engine/exec: sources and programs of this part.

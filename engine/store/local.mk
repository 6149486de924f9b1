# engine/store: sources and programs of this part.

# engine/feel: sources and programs of this part.

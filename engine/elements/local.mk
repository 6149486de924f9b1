# engine/elements: sources and programs of this part.

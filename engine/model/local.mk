# engine/model: sources and programs of this part.

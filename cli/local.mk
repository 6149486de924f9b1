# cli: sources and programs of this part.

# scheduler: sources and programs of this part.

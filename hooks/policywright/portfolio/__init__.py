"""Many agencies at once: the list of a department's agencies, the state of each, and the site that shows all."""

"""Many agencies at once: their list, the state of each, the site that shows all, and the building of their sites."""

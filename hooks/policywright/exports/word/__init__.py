"""Papers as Word documents, which counsel and clerks edit."""

"""A draft as documents and data: papers, Word, PDF and files for other programs."""

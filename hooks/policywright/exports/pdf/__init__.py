"""Papers as PDF, which everybody can read, print and file: tagged for screen readers (PDF/UA-1), by Typst."""

from policywright.exports.pdf.printing import pdf_of

__all__ = ["pdf_of"]

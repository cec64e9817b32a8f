"""Programs, documents, posts, partners, pages: what a sector's site says."""

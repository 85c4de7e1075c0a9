"""The operator's console: pages of the site that belong to no single table. Each module is one page."""

"""What people read: tables, findings, the HTML page."""

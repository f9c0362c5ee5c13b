"""SQL storage: tables, sessions and migrations. Knows no rule of law and no process."""

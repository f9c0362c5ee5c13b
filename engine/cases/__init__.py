"""The desk: commands (the only writers), queries (the only readers), permissions and audit."""

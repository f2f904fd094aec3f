"""Plain functions that order what stands below: one workflow for each thing a user asks for."""

"""Against a running service. Its URL and keys come from the environment; without them these tests are skipped."""

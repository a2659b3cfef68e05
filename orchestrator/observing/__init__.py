"""A run as others watch it: structured log lines and OpenTelemetry spans, made from its events."""

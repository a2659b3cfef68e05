"""Reports and labels from anybody's log, scored."""

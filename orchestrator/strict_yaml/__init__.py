"""YAML read strictly, each value with the place where it stands."""

"""Tests of the ways to bid."""

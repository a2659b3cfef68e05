"""Planners: a goal in, a draft of tasks out. Whether the draft will do is for others to say."""

"""From a goal to tasks, and from tasks that read others' answers to tasks that can be announced."""

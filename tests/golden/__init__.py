"""Journals of released versions, which every later version reads, replays and goes on with.

``VERSION.db`` is a run that was killed twice and resumed; ``VERSION.json`` says what it came to. A
release adds both (``python -m tests.golden.make``) and changes none.
"""

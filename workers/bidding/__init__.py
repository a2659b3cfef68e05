"""How a worker with a model forms its bids: from its past alone, or from calls that it pays for.

A strategy is its own description: ``bid: prior``, ``bid: {samples: 5}``. It says what to ask the
model and reads what the model said; who calls and pays is the worker (`workers/llm.py`). Each bid
carries the strategy's word as its source, for confidences from two sources are two different things.
"""

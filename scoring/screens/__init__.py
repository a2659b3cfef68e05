"""Screens: what looks in numbers like a lie, an agreement or a double, and how sure that is.

A screen finds what is unlikely among honest workers; it proves nothing. Each says under which
assumptions its p-value holds, and refuses where the numbers cannot support one.
"""

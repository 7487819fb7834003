"""How well does a result agree with a reference?"""

"""How is a result handed on to other programs?"""

"""How do one or several datasets become one page that a person reads and passes on?"""

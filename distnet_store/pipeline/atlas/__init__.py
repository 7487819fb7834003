"""How are the errors of a result shown as pictures?"""

"""How are the edits of correction shown as pictures?"""

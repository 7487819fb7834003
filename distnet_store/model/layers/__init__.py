"""The layers of the network, one a file. (METHOD.md section 2)"""

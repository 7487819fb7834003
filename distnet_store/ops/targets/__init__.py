"""What should the network predict for a labelled movie? (METHOD.md section 3)"""

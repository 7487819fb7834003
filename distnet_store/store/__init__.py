"""Where and how does a dataset live on a disk or in a bucket?"""

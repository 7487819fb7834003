"""What does judging a result by a reference consist of?"""

"""Which formats can a movie and its labels be imported from? One reader a file."""

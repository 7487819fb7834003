"""The network: layers, graph, files, streaming prediction and training."""

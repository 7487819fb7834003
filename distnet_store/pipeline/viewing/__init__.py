"""How is a dataset looked at? In a browser by neuroglancer, or on the desktop by napari."""

"""What lies around a cell: contacts, neighbours, density, and the edge of its colony."""

"""Administrative units and agencies over time: the tree, its names, who is meant by a name."""

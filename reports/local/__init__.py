"""市县落实: how the offices below carry out a plan, as pages and as a file."""

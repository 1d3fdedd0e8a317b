"""What takes too long for a page is asked for here, done by the worker, shown with its progress, and swept away."""

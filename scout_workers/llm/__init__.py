"""Models that look at images: providers behind one protocol, images made fit, answers checked."""

"""round: the folder of one round of the reading group, with every date of it."""

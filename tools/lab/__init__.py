"""lab: the experiments of reading-notes/labs, each a program with an expectation and a time limit."""

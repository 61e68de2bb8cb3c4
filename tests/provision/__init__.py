"""Real servers for the tests and for `make up`: found by address, in containers, as local programs, or embedded."""

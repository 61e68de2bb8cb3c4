"""Reads a declarative Jenkinsfile strictly, prints its plan, and runs its stages where no Jenkins is to be had."""

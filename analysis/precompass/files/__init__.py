"""Files at one moment, in an editor, on disk or in a commit, and what each is to Julia."""

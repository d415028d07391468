"""What a user can choose, in an editor, in `precompass.toml` and in comments."""

"""What people type about a call or a file."""

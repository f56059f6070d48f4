"""What happens around every actor, one class a file; stack.py puts them in order."""
